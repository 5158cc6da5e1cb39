import { page, type ListEnvelope } from "./envelope";
import { number, text, type RawQuery } from "./query";

const MOST = 100;

/** The filter that every row passes. */
export const everyState = (): boolean => true;

/** The filter by state. A list has active rows only, unless the query names another state. A row without a state is active. */
export function stateFilter(
  query: RawQuery,
  byDefault: "active" | "all" = "active",
): (row: { readonly state?: number }) => boolean {
  const wanted = text(query, "state") ?? byDefault;
  if (wanted === "all") return everyState;
  const state = wanted === "deleted" || wanted === "2" ? 2 : 1;
  return (row) => (row.state ?? 1) === state;
}

/**
 * The page and the order that the query asks for.
 *
 * @param rows all rows that match the filters, by ascending id
 * @param sortable columns that `order_by` may name beside `id`
 */
export function paged<T extends { id: number }>(
  rows: readonly T[],
  query: RawQuery,
  sortable: readonly (keyof T & string)[] = [],
): ListEnvelope<T> {
  const limit = Math.min(Math.max(number(query, "limit") ?? MOST, 1), MOST);
  const offset = Math.max(number(query, "offset") ?? 0, 0);
  const orderBy = text(query, "order_by") ?? "id";
  const column = orderBy.replace(/^-/, "");
  const known = ["id", ...sortable].includes(column);
  const ordered = known ? sorted(rows, column as keyof T, orderBy.startsWith("-")) : rows;
  const data = ordered.slice(offset, offset + limit);
  return page(data, {
    filters: { ...filters(query), limit, offset },
    order_by: known ? orderBy : "id",
    pagination: { count: data.length, total_count: rows.length },
  });
}

function sorted<T extends { id: number }>(rows: readonly T[], column: keyof T, descending: boolean): readonly T[] {
  // The rows are already in the order of their ids, and most lists are.
  if (column === "id") return descending ? [...rows].reverse() : rows;
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * (compare(a[column], b[column]) || a.id - b.id));
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return asText(a).localeCompare(asText(b));
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function filters(query: RawQuery): Record<string, unknown> {
  const { limit: _limit, offset: _offset, order_by: _orderBy, include_related: _related, ...rest } = query;
  return rest;
}
