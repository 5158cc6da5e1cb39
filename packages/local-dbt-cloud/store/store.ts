import { OrderedRows } from "./ordered-rows";
import { StateFile } from "./state-file";

/** The id that every stored object has. */
export interface Row {
  readonly id: number;
}

/** Objects in the order of their ids, which are read only when they are needed. An array of objects is one, too. */
export interface Rows<T> {
  readonly length: number;
  /** The objects from one place to before another. */
  slice(from: number, to: number): readonly T[];
  filter(matches: (row: T) => boolean): readonly T[];
}

/**
 * Objects by kind. Those that are listed are in memory, and all of them are on disk. A write is on disk before it returns,
 * so a process that is killed later loses no answered write.
 */
export class Store {
  private readonly collections = new Map<string, Collection<Row>>();
  /** The functions that undo the writes of the call in progress; undefined outside of a call. */
  private undo: (() => void)[] | undefined;

  private constructor(private readonly file: StateFile | undefined) {}

  /**
   * Opens the state.
   *
   * @param file the state file, made when missing; undefined keeps the state in memory only
   * @throws StoreInUseError when another process has it open
   * @throws NewerStateError when a newer version of this program has written it
   */
  static open(file: string | undefined): Store {
    return new Store(file === undefined ? undefined : StateFile.open(file));
  }

  /**
   * The objects of one kind. The kind is also the key on disk, so its name must not change.
   *
   * @param isOpen whether an object is among the open ones. Default: none is.
   */
  collection<T extends Row>(kind: string, isOpen?: (row: T) => boolean): Collection<T> {
    const known = this.collections.get(kind);
    if (known) return known as unknown as Collection<T>;
    const made = new Collection<T>(this.file, kind, isOpen, (undo) => this.undo?.push(undo));
    this.collections.set(kind, made as unknown as Collection<Row>);
    return made;
  }

  /** Makes several writes atomic: all of them are stored, or none. Inside another call it is a part of that call. */
  atomically<T>(write: () => T): T {
    if (this.undo) return write();
    const undo: (() => void)[] = [];
    this.undo = undo;
    try {
      return this.file ? this.file.transaction(write) : write();
    } catch (error) {
      for (const undoOne of undo.reverse()) undoOne();
      throw error;
    } finally {
      this.undo = undefined;
    }
  }

  close(): void {
    this.file?.close();
  }
}

/**
 * The objects of one kind, in the order of their ids. The first call for all of them loads them into memory. A kind whose
 * objects are read only one by one stays on disk.
 */
export class Collection<T extends Row> {
  private rows = new Map<number, T>();
  private ordered = new OrderedRows<T>();
  private readonly groupings = new Map<KeyOf<T>, Map<number, OrderedRows<T>>>();
  private listeners: readonly ((row: T) => void)[] = [];
  private last: number;
  /** All objects with an id up to this one are in memory. */
  private loadedTo: number;

  /** @param onChange is called with a function that undoes a change of the memory */
  constructor(
    private readonly file: StateFile | undefined,
    private readonly kind: string,
    private readonly isOpen: (row: T) => boolean = () => false,
    private readonly onChange: (undo: () => void) => void,
  ) {
    this.last = file?.lastId(kind) ?? 0;
    this.loadedTo = file ? 0 : Infinity;
  }

  get(id: number): T | undefined {
    return id <= this.loadedTo ? this.rows.get(id) : (this.file?.read(this.kind, id) as T | undefined);
  }

  /** All objects by ascending id. */
  all(): readonly T[] {
    this.load(-1);
    return this.ordered.list();
  }

  /** All objects by ascending id. A part of them is read without the others. */
  list(): Rows<T> {
    const { file, kind } = this;
    if (!file || this.loadedTo === Infinity) return this.all();
    const length = file.count(kind);
    return {
      length,
      slice: (from, to) => {
        const fromEnd = from > length / 2;
        const end = Math.min(to, length);
        return file.slice(kind, fromEnd ? length - end : from, Math.max(end - from, 0), fromEnd) as T[];
      },
      filter: (matches) => this.all().filter(matches),
    };
  }

  /** The open objects by ascending id. They are found without the others. */
  open(): readonly T[] {
    const { file, isOpen } = this;
    return file && this.loadedTo < Infinity ? (file.open(this.kind) as T[]) : this.all().filter((row) => isOpen(row));
  }

  /**
   * Loads more objects into memory.
   *
   * @param limit the most objects; -1 for all
   * @returns whether all objects are in memory now
   */
  load(limit: number): boolean {
    const { file } = this;
    if (!file || this.loadedTo === Infinity) return true;
    const loaded = file.after(this.kind, this.loadedTo, limit) as T[];
    this.loadedTo = loaded.length === limit ? loaded.at(-1)!.id : Infinity;
    for (const row of loaded) this.remember(row);
    // A transaction that fails may have written some of these rows.
    this.onChange(() => {
      this.unload();
    });
    return this.loadedTo === Infinity;
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
      for (const row of this.all()) putInGroup(groups, keyOf(row), row);
      this.groupings.set(keyOf, groups);
    }
    return groups.get(key)?.list() ?? [];
  }

  find(matches: (row: T) => boolean): T | undefined {
    return this.all().find(matches);
  }

  /** Stores a new object with the next id, which was never used. */
  insert(row: Omit<T, "id">): T {
    return this.put({ ...row, id: this.last + 1 } as T);
  }

  /** Stores an object with its id. */
  put(row: T): T {
    const { last } = this;
    const before = row.id <= this.loadedTo ? this.rows.get(row.id) : undefined;
    this.file?.write(this.kind, row.id, row, this.isOpen(row));
    this.last = Math.max(last, row.id);
    this.remember(row);
    this.onChange(() => {
      this.last = last;
      if (before) this.remember(before);
      else this.forget(row.id);
    });
    for (const listener of this.listeners) listener(row);
    return row;
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
    const before = this.rows.get(id);
    this.file?.remove(this.kind, id);
    this.forget(id);
    this.onChange(() => {
      if (before) this.remember(before);
    });
  }

  private unload(): void {
    this.loadedTo = 0;
    this.rows = new Map();
    this.ordered = new OrderedRows();
    this.groupings.clear();
  }

  private remember(row: T): void {
    if (row.id > this.loadedTo) return;
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
