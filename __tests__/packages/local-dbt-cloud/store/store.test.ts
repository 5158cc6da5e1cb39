import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store, StoreInUseError } from "../../../../packages/local-dbt-cloud/store/store";

interface Thing {
  readonly id: number;
  readonly name: string;
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
