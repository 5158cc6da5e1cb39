import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { OPEN_OBJECTS, StoreInUseError } from "../../../../packages/local-dbt-cloud/store/state-file";
import { Store } from "../../../../packages/local-dbt-cloud/store/store";

interface Thing {
  readonly id: number;
  readonly name: string;
}

interface Run {
  readonly id: number;
  readonly status: number;
}

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "store-"));
  file = join(folder, "state.db");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("the format of the state file", () => {
  it.each([0, 1])("%d is migrated: objects and used ids are kept, and the runs in progress are open", (format) => {
    const database = new Database(file);
    database.exec(`CREATE TABLE objects (
        kind TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
      ) WITHOUT ROWID;
      CREATE TABLE sequences (kind TEXT PRIMARY KEY, last INTEGER NOT NULL);
      INSERT INTO sequences VALUES ('', 0), ('thing', 9), ('run', 2);
      INSERT INTO objects VALUES ('thing', 1, '{"id":1,"name":"kept"}'), ('run', 1, '{"id":1,"status":10}'),
        ('run', 2, '{"id":2,"status":3}'), ('run', 3, '{"id":3,"status":1}');
      PRAGMA user_version = ${format}`);
    database.close();
    for (let opened = 0; opened < 2; opened++) {
      const store = Store.open(file);
      const runs = store.collection<Run>("run", ({ status }) => status < 10);
      expect(runs.open().map(({ id }) => id)).toEqual([2, 3]);
      expect(store.collection<Thing>("thing").all()).toMatchObject([
        { id: 1, name: "kept" },
        ...Array<object>(opened).fill({ name: "new" }),
      ]);
      expect(store.collection<Thing>("thing").insert({ name: "new" }).id).toBe(10 + opened);
      store.close();
    }
  });

  it("of a newer version is refused with both formats and the fix, and the file does not change", () => {
    Store.open(file).close();
    setFormat(7);
    const before = readFileSync(file);
    expect(() => Store.open(file)).toThrow(
      /state\.db has format 7, and this local dbt Cloud knows formats up to 2: .* Update the local dbt Cloud, or choose/,
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

it("a start finds the open objects by their index, so that it does not read a long history", () => {
  Store.open(file).close();
  const database = new Database(file);
  const [step] = database.prepare(`EXPLAIN QUERY PLAN ${OPEN_OBJECTS}`).all("run") as { detail: string }[];
  database.close();
  expect(step?.detail).toContain("USING INDEX open_objects");
});

it("a part of the objects is the same before and after all of them are in memory", () => {
  const first = Store.open(file);
  const ids = Array.from({ length: 12 }, () => first.collection<Thing>("thing").insert({ name: "a" }).id);
  first.collection<Thing>("thing").remove(ids[4]!);
  first.close();

  const store = Store.open(file);
  const things = store.collection<Thing>("thing");
  things.put({ id: 40, name: "new" });
  const expected = [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 40];
  const failing = (): void => {
    store.atomically(() => {
      things.insert({ name: "not stored" });
      expect(things.list().length).toBe(13);
      throw new Error("undo");
    });
  };
  expect(failing).toThrow("undo");
  for (const isLoaded of [false, true]) {
    if (isLoaded) things.load(-1);
    const list = things.list();
    expect(list.length).toBe(12);
    for (let from = 0; from <= 13; from++) {
      for (let to = from; to <= 14; to++) {
        expect(list.slice(from, to).map(({ id }) => id)).toEqual(expected.slice(from, to));
      }
    }
    expect(list.filter(({ name }) => name === "new")).toEqual([{ id: 40, name: "new" }]);
  }
  store.close();
});

it("a part of a long history is read without the rest", () => {
  Store.open(file).close();
  const database = new Database(file);
  database.exec("INSERT INTO objects VALUES ('thing', 1, 'unreadable', 0), ('thing', 2, '{\"id\":2}', 0)");
  database.close();
  const store = Store.open(file);
  expect(store.collection<Thing>("thing").list().slice(1, 2)).toEqual([{ id: 2 }]);
  expect(() => store.collection<Thing>("thing").all()).toThrow();
  store.close();
});

it("objects with a key are those of the last write, by ascending id", () => {
  const store = Store.open(undefined);
  const things = store.collection<Thing>("thing");
  const lengthOf = ({ name }: Thing): number | undefined => (name === "" ? undefined : name.length);
  const withLength = (length: number): string[] => things.withKey(lengthOf, length).map(({ name }) => name);
  const a = things.insert({ name: "a" });
  expect(withLength(1)).toEqual(["a"]);
  things.put({ id: 9, name: "c" });
  things.put({ id: 5, name: "b" });
  const read = things.withKey(lengthOf, 1);
  things.put({ ...a, name: "aa" });
  expect([withLength(1), withLength(2)]).toEqual([["b", "c"], ["aa"]]);
  things.put({ id: 5, name: "" });
  things.remove(9);
  expect([withLength(1), withLength(2)]).toEqual([[], ["aa"]]);
  expect(read.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  const write = (): never => {
    things.insert({ name: "z" });
    throw new Error("no");
  };
  expect(() => store.atomically(write)).toThrow("no");
  expect(withLength(1)).toEqual([]);
  store.close();
});

/** Writes the format into the header of the SQLite file. */
function setFormat(format: number): void {
  const bytes = readFileSync(file);
  bytes.writeUInt32BE(format, 60);
  writeFileSync(file, bytes);
}

describe("Store", () => {
  it("keeps all writes after it is opened again", () => {
    const first = Store.open(file);
    const things = first.collection<Thing>("thing");
    const a = things.insert({ name: "a" });
    things.put({ id: 500, name: "given" });
    things.put({ ...a, name: "A" });
    const gone = things.insert({ name: "gone" });
    things.remove(gone.id);
    first.close();

    const second = Store.open(file);
    expect(second.collection<Thing>("thing").all()).toEqual([
      { id: 1, name: "A" },
      { id: 500, name: "given" },
    ]);
    second.close();
  });

  it("never uses an id twice, even after a deletion or an explicit id", () => {
    const store = Store.open(undefined);
    const things = store.collection<Thing>("thing");
    things.remove(things.insert({ name: "a" }).id);
    expect(things.insert({ name: "b" }).id).toBe(2);
    things.put({ id: 40, name: "c" });
    expect(things.insert({ name: "d" }).id).toBe(41);
    store.close();
  });

  it("makes several writes atomic", () => {
    const store = Store.open(file);
    const things = store.collection<Thing>("thing");
    expect(() =>
      store.atomically(() => {
        things.insert({ name: "half" });
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(things.all()).toEqual([]);
    store.atomically(() => things.insert({ name: "whole" }));
    expect(things.all()).toHaveLength(1);
    store.close();
  });

  it("makes nested writes a part of the outer ones", () => {
    const store = Store.open(file);
    const things = store.collection<Thing>("thing");
    expect(() =>
      store.atomically(() => {
        store.atomically(() => things.insert({ name: "inner" }));
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(things.all()).toEqual([]);
    store.atomically(() => store.atomically(() => things.insert({ name: "both" })));
    expect(things.all()).toHaveLength(1);
    store.close();
  });

  it.each([
    ["all objects are in memory", -1],
    ["some objects are in memory", 1],
    ["all objects are on disk", 0],
  ])("reads, changes and rolls back objects when %s", (_where, loaded) => {
    const first = Store.open(file);
    for (const name of ["a", "b", "c"]) first.collection<Thing>("thing").insert({ name });
    first.close();
    const store = Store.open(file);
    const things = store.collection<Thing>("thing");
    if (loaded !== 0) things.load(loaded);
    things.put({ id: 2, name: "B" });
    expect([1, 2, 3, 4].map((id) => things.get(id)?.name)).toEqual(["a", "B", "c", undefined]);
    const fail = (): never => {
      things.put({ id: 1, name: "no" });
      things.insert({ name: "no" });
      things.remove(3);
      expect(things.all()).toHaveLength(3);
      throw new Error("no");
    };
    expect(() => store.atomically(fail)).toThrow("no");
    expect(things.get(1)).toEqual({ id: 1, name: "a" });
    expect(things.all().map(({ name }) => name)).toEqual(["a", "B", "c"]);
    expect(things.insert({ name: "d" }).id).toBe(4);
    store.close();
  });

  it.each([undefined, "state.db"])("finds the open objects without the others (file: %s)", (name) => {
    const store = Store.open(name && file);
    const things = store.collection<Thing>("thing", (thing) => thing.name === "open");
    for (const thing of ["open", "closed", "open"]) things.insert({ name: thing });
    things.put({ id: 1, name: "closed" });
    const open = [{ id: 3, name: "open" }];
    expect(things.open()).toEqual(open);
    things.all();
    expect(things.open()).toEqual(open);
    store.close();
  });

  it("loads objects in parts", () => {
    const first = Store.open(file);
    for (const name of ["a", "b", "c"]) first.collection<Thing>("thing").insert({ name });
    first.close();
    const store = Store.open(file);
    const things = store.collection<Thing>("thing");
    expect([things.load(2), things.load(2), things.load(2)]).toEqual([false, true, true]);
    expect(things.all()).toHaveLength(3);
    store.close();
  });

  it("gives the same list until something is written", () => {
    const store = Store.open(undefined);
    const things = store.collection<Thing>("thing");
    const writes = [
      () => things.put({ id: 2, name: "b" }),
      () => things.put({ id: 1, name: "a" }),
      () => things.put({ id: 2, name: "B" }),
      () => {
        things.remove(1);
      },
    ];
    const lists = writes.map((write) => {
      write();
      const list = things.all();
      expect(things.all()).toBe(list);
      return list.map(({ name }) => name);
    });
    expect(lists).toEqual([["b"], ["a", "b"], ["a", "B"], ["B"]]);
    store.close();
  });

  it("refuses a file that is already open, and names the fix", () => {
    const first = Store.open(file);
    expect(() => Store.open(file)).toThrow(new StoreInUseError(file));
    expect(new StoreInUseError(file).message).toBe(
      `${file} is in use: a local dbt Cloud is already running on it. Stop it, or choose another --state file.`,
    );
    first.close();
    Store.open(file).close();
  });
});
