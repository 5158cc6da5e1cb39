import Database from "libsql";

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

/**
 * The changes from each format of the state file to the next one. A new file begins with format 0, which is also the
 * format of files from before formats. Format 2 marks the objects that a start needs, and takes the last id of a kind
 * from the objects, unless they were removed.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS objects (
    kind TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS sequences (kind TEXT PRIMARY KEY, last INTEGER NOT NULL)`,
  `ALTER TABLE objects ADD COLUMN is_open INTEGER NOT NULL DEFAULT 0;
  UPDATE objects SET is_open = 1 WHERE kind = 'run' AND json_extract(body, '$.status') < 10;
  CREATE INDEX open_objects ON objects (kind, id) WHERE is_open = 1`,
];

const FORMAT = MIGRATIONS.length;

/** Reads the open objects of a kind. The index must be named: SQLite would read all objects of the kind instead. */
export const OPEN_OBJECTS =
  "SELECT body FROM objects INDEXED BY open_objects WHERE kind = ? AND is_open = 1 ORDER BY id";

/** The objects on disk. A write is on disk before it returns, or together with its transaction. */
export class StateFile {
  private readonly upsert: Database.Statement;
  private readonly drop: Database.Statement;
  private readonly used: Database.Statement;
  private readonly one: Database.Statement;
  private readonly some: Database.Statement;
  private readonly at: Database.Statement;
  private readonly atEnd: Database.Statement;
  private readonly number: Database.Statement;
  private readonly marked: Database.Statement;
  private readonly last: Database.Statement;
  /** The number of objects by kind, until the next write of the kind. Counting reads the whole kind. */
  private readonly counts = new Map<string, number>();

  private constructor(private readonly database: Database.Database) {
    this.upsert = database.prepare(
      "INSERT INTO objects VALUES (?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, is_open = excluded.is_open",
    );
    this.drop = database.prepare("DELETE FROM objects WHERE kind = ? AND id = ?");
    this.used = database.prepare(
      "INSERT INTO sequences VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET last = max(last, excluded.last)",
    );
    this.one = database.prepare("SELECT body FROM objects WHERE kind = ? AND id = ?");
    this.some = database.prepare("SELECT body FROM objects WHERE kind = ? AND id > ? ORDER BY id LIMIT ?");
    this.at = database.prepare("SELECT body FROM objects WHERE kind = ? ORDER BY id LIMIT ? OFFSET ?");
    this.atEnd = database.prepare("SELECT body FROM objects WHERE kind = ? ORDER BY id DESC LIMIT ? OFFSET ?");
    this.number = database.prepare("SELECT count(*) AS count FROM objects WHERE kind = ?");
    this.marked = database.prepare(OPEN_OBJECTS);
    this.last = database.prepare(
      "SELECT max((SELECT coalesce(max(id), 0) FROM objects WHERE kind = ?), coalesce((SELECT last FROM sequences WHERE kind = ?), 0)) AS last",
    );
  }

  /**
   * Opens a state file, makes it if it is missing, and migrates it if an older version of this program has written it.
   *
   * @throws StoreInUseError when another process has it open
   * @throws NewerStateError when a newer version of this program has written it
   */
  static open(file: string): StateFile {
    const database = new Database(file, { timeout: 100 });
    try {
      const { user_version: format } = database.prepare("PRAGMA user_version").get() as { user_version: number };
      if (format > FORMAT) throw new NewerStateError(file, format);
      database.exec("PRAGMA journal_mode = WAL");
      database.exec("PRAGMA locking_mode = EXCLUSIVE");
      database.exec("PRAGMA synchronous = FULL");
      // This write takes the exclusive lock, so a second process fails here.
      database.exec("BEGIN IMMEDIATE");
      for (const migration of MIGRATIONS.slice(format)) database.exec(migration);
      database.exec(`PRAGMA user_version = ${FORMAT}`);
      database.exec("COMMIT");
    } catch (error) {
      database.close();
      throw isBusy(error) ? new StoreInUseError(file) : error;
    }
    return new StateFile(database);
  }

  /** Makes the writes of a function one transaction. If the function throws, none of them is on disk. */
  transaction<T>(write: () => T): T {
    this.database.exec("BEGIN IMMEDIATE");
    try {
      const result = write();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      this.database.exec("ROLLBACK");
      this.counts.clear();
      throw error;
    }
  }

  /** Stores an object. @param isOpen whether {@link open} finds it */
  write(kind: string, id: number, object: unknown, isOpen: boolean): void {
    this.counts.delete(kind);
    this.upsert.run(kind, id, JSON.stringify(object), isOpen ? 1 : 0);
  }

  /** Removes an object. Its id is not used again. */
  remove(kind: string, id: number): void {
    this.counts.delete(kind);
    this.used.run(kind, id);
    this.drop.run(kind, id);
  }

  read(kind: string, id: number): unknown {
    const row = this.one.get(kind, id) as { body: string } | undefined;
    return row && JSON.parse(row.body);
  }

  /** The next objects of a kind by ascending id. @param limit the most objects; -1 for all */
  after(kind: string, id: number, limit: number): unknown[] {
    return parsed(this.some.all(kind, id, limit));
  }

  /** The number of objects of a kind. */
  count(kind: string): number {
    const count = this.counts.get(kind) ?? (this.number.get(kind) as { count: number }).count;
    this.counts.set(kind, count);
    return count;
  }

  /**
   * Some objects of a kind, by ascending id.
   *
   * @param start the number of objects before the first one; with `fromEnd`, the number of objects after the last one
   */
  slice(kind: string, start: number, limit: number, fromEnd: boolean): unknown[] {
    const rows = parsed((fromEnd ? this.atEnd : this.at).all(kind, limit, start));
    return fromEnd ? rows.reverse() : rows;
  }

  /** The objects of a kind that were written as open, by ascending id. */
  open(kind: string): unknown[] {
    return parsed(this.marked.all(kind));
  }

  /** The largest id that a kind has or had; 0 without one. */
  lastId(kind: string): number {
    return (this.last.get(kind, kind) as { last: number }).last;
  }

  close(): void {
    // The exclusive lock remains as long as a statement exists. In WAL mode, only these statements release it.
    this.database.exec("PRAGMA journal_mode = DELETE");
    this.database.exec("PRAGMA locking_mode = NORMAL");
    this.database.prepare("SELECT count(*) FROM sequences").get();
    this.database.close();
  }
}

function parsed(rows: readonly unknown[]): unknown[] {
  return (rows as readonly { body: string }[]).map(({ body }) => JSON.parse(body) as unknown);
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    /SQLITE_BUSY|database is locked/.test(`${(error as { code?: string }).code} ${error.message}`)
  );
}
