/** Rows by ascending id. A list that was read never changes: the next write copies it first. */
export class OrderedRows<T extends { readonly id: number }> {
  private rows: T[] = [];
  private wasRead = false;

  list(): readonly T[] {
    this.wasRead = true;
    return this.rows;
  }

  /** Adds a row, or replaces the row with the same id. */
  put(row: T): void {
    const rows = this.ownRows();
    const place = this.placeOf(row.id);
    rows.splice(place, rows[place]?.id === row.id ? 1 : 0, row);
  }

  remove(id: number): void {
    const place = this.placeOf(id);
    if (this.rows[place]?.id === id) this.ownRows().splice(place, 1);
  }

  private ownRows(): T[] {
    if (this.wasRead) this.rows = this.rows.slice();
    this.wasRead = false;
    return this.rows;
  }

  /** The place of the first row whose id is not smaller. New rows have the largest id, so the end is tried first. */
  private placeOf(id: number): number {
    let [low, high] = [0, this.rows.length];
    if (high === 0 || this.rows[high - 1]!.id < id) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rows[middle]!.id < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
