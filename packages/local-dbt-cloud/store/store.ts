import Database from "libsql";
import { OrderedRows } from "./ordered-rows";

/** The id that every stored object has. */
export interface Row {
  readonly id: number;
}

/** Thrown when another process has the state file open. */
export class StoreInUseError extends Error {
  constructor(file: string) {
    super(`${file} is in use: a local dbt Cloud is already running on it. Stop it, or choose another --state file.`);
    this.name = "StoreInUseError";
  }
}

/** Thrown when a newer version of this program has written the state file. */
class NewerStateError extends Error {
  constructor(file: string, version: number) {
    super(
      `${file} has format ${version}, and this local dbt Cloud knows formats up to ${FORMAT}: a newer version has written it. Update the local dbt Cloud, or choose another --state folder.`,
    );
    this.name = "NewerStateError";
  }
}

/** The format of the state file. A file without a format is from before formats, and has the same tables as format 1. */
const FORMAT = 1;

/**
 * Objects by kind, in memory for reads and on disk. A write is on disk before it returns, so a process that is killed
 * later loses no answered write.
 */
export class Store {
  private readonly collections = new Map<string, Collection<Row>>();
  private isWriting = false;

  private constructor(private readonly database: Database.Database) {}

  /**
   * Opens the state.
   *
   * @param file the state file, made when missing; undefined keeps the state in memory only
   * @throws StoreInUseError when another process has it open
   * @throws NewerStateError when a newer version of this program has written it
   */
  static open(file: string | undefined): Store {
    const database = new Database(file ?? ":memory:", { timeout: 100 });
    try {
      const { user_version: format } = database.prepare("PRAGMA user_version").get() as { user_version: number };
      if (format > FORMAT) throw new NewerStateError(file!, format);
      database.exec("PRAGMA journal_mode = WAL");
      database.exec("PRAGMA locking_mode = EXCLUSIVE");
      database.exec("PRAGMA synchronous = FULL");
      database.exec(`CREATE TABLE IF NOT EXISTS objects (
        kind TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
      ) WITHOUT ROWID`);
      database.exec("CREATE TABLE IF NOT EXISTS sequences (kind TEXT PRIMARY KEY, last INTEGER NOT NULL)");
      // The first write takes the exclusive lock, so a second process fails here.
      database.exec("INSERT INTO sequences VALUES ('', 0) ON CONFLICT (kind) DO UPDATE SET last = last");
      database.exec(`PRAGMA user_version = ${FORMAT}`);
    } catch (error) {
      database.close();
      if (file !== undefined && isBusy(error)) throw new StoreInUseError(file);
      throw error;
    }
    return new Store(database);
  }

  /** The objects of one kind. The kind is also the key on disk, so its name must not change. */
  collection<T extends Row>(kind: string): Collection<T> {
    const known = this.collections.get(kind) ?? new Collection<Row>(this.database, kind);
    this.collections.set(kind, known);
    return known as unknown as Collection<T>;
  }

  /** Makes several writes atomic: all of them are on disk, or none. Inside another call it is a part of that call. */
  atomically<T>(write: () => T): T {
    if (this.isWriting) return write();
    this.database.exec("BEGIN IMMEDIATE");
    this.isWriting = true;
    try {
      const result = write();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      this.database.exec("ROLLBACK");
      for (const collection of this.collections.values()) collection.reload();
      throw error;
    } finally {
      this.isWriting = false;
    }
  }

  close(): void {
    // The exclusive lock remains as long as a statement exists. In WAL mode, only these statements release it.
    this.database.exec("PRAGMA journal_mode = DELETE");
    this.database.exec("PRAGMA locking_mode = NORMAL");
    this.database.prepare("SELECT count(*) FROM sequences").get();
    this.database.close();
  }
}

/** The objects of one kind, in the order of their ids. */
export class Collection<T extends Row> {
  private rows = new Map<number, T>();
  private ordered = new OrderedRows<T>();
  private readonly groupings = new Map<KeyOf<T>, Map<number, OrderedRows<T>>>();
  private listeners: readonly ((row: T) => void)[] = [];
  private readonly upsert: Database.Statement;
  private readonly drop: Database.Statement;
  private readonly next: Database.Statement;
  private readonly used: Database.Statement;

  constructor(
    private readonly database: Database.Database,
    private readonly kind: string,
  ) {
    this.upsert = database.prepare(
      "INSERT INTO objects VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
    );
    this.drop = database.prepare("DELETE FROM objects WHERE kind = ? AND id = ?");
    this.next = database.prepare(
      "INSERT INTO sequences VALUES (?, 1) ON CONFLICT (kind) DO UPDATE SET last = last + 1 RETURNING last",
    );
    this.used = database.prepare(
      "INSERT INTO sequences VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET last = max(last, excluded.last)",
    );
    this.reload();
  }

  /** Reads all objects from disk again. */
  reload(): void {
    const stored = this.database.prepare("SELECT body FROM objects WHERE kind = ? ORDER BY id").all(this.kind);
    this.rows = new Map();
    this.ordered = new OrderedRows();
    for (const groups of this.groupings.values()) groups.clear();
    for (const { body } of stored as { body: string }[]) this.remember(JSON.parse(body) as T);
  }

  get(id: number): T | undefined {
    return this.rows.get(id);
  }

  /** All objects by ascending id. */
  all(): readonly T[] {
    return this.ordered.list();
  }

  /**
   * The objects with a key, by ascending id. The first call for a function groups all objects, and every write keeps the
   * groups up to date.
   *
   * @param keyOf the key of an object; undefined puts it in no group. It depends on the object alone.
   */
  withKey(keyOf: KeyOf<T>, key: number): readonly T[] {
    let groups = this.groupings.get(keyOf);
    if (!groups) {
      groups = new Map();
      this.groupings.set(keyOf, groups);
      for (const row of this.all()) putInGroup(groups, keyOf(row), row);
    }
    return groups.get(key)?.list() ?? [];
  }

  find(matches: (row: T) => boolean): T | undefined {
    return this.all().find(matches);
  }

  /** Stores a new object with the next id, which was never used. */
  insert(row: Omit<T, "id">): T {
    const { last } = this.next.get(this.kind) as { last: number };
    return this.write({ ...row, id: last } as T);
  }

  /** Stores an object with its id. */
  put(row: T): T {
    if (!this.rows.has(row.id)) this.used.run(this.kind, row.id);
    return this.write(row);
  }

  /**
   * Calls a function with each row that is stored from now on.
   *
   * @returns a function that ends these calls
   */
  onStored(listener: (row: T) => void): () => void {
    this.listeners = [...this.listeners, listener];
    return () => {
      this.listeners = this.listeners.filter((other) => other !== listener);
    };
  }

  remove(id: number): void {
    this.drop.run(this.kind, id);
    this.forget(id);
  }

  private write(row: T): T {
    this.upsert.run(this.kind, row.id, JSON.stringify(row));
    this.remember(row);
    for (const listener of this.listeners) listener(row);
    return row;
  }

  private remember(row: T): void {
    const before = this.rows.get(row.id);
    this.rows.set(row.id, row);
    this.ordered.put(row);
    for (const [keyOf, groups] of this.groupings) {
      const [old, key] = [before && keyOf(before), keyOf(row)];
      if (old !== undefined && old !== key) groups.get(old)?.remove(row.id);
      putInGroup(groups, key, row);
    }
  }

  private forget(id: number): void {
    const before = this.rows.get(id);
    this.rows.delete(id);
    this.ordered.remove(id);
    for (const [keyOf, groups] of this.groupings) {
      const old = before && keyOf(before);
      if (old !== undefined) groups.get(old)?.remove(id);
    }
  }
}

/** The key of an object in a grouping; undefined when it is in no group. */
type KeyOf<T> = (row: T) => number | undefined;

function putInGroup<T extends Row>(groups: Map<number, OrderedRows<T>>, key: number | undefined, row: T): void {
  if (key === undefined) return;
  const group = groups.get(key) ?? new OrderedRows<T>();
  groups.set(key, group);
  group.put(row);
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    /SQLITE_BUSY|database is locked/.test(`${(error as { code?: string }).code} ${error.message}`)
  );
}
