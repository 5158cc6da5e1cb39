import type { Rows } from "../store/store";
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
  rows: Rows<T>,
  query: RawQuery,
  sortable: readonly (keyof T & string)[] = [],
): ListEnvelope<T> {
  const limit = Math.min(Math.max(number(query, "limit") ?? MOST, 1), MOST);
  const offset = Math.max(number(query, "offset") ?? 0, 0);
  const orderBy = text(query, "order_by") ?? "id";
  const column = orderBy.replace(/^-/, "");
  const known = ["id", ...sortable].includes(column);
  const isDescending = known && orderBy.startsWith("-");
  const order = { isDescending, offset, limit };
  const data = known && column !== "id" ? byColumn(rows, column as keyof T, order) : byId(rows, order);
  return page(data, {
    filters: { ...filters(query), limit, offset },
    order_by: known ? orderBy : "id",
    pagination: { count: data.length, total_count: rows.length },
  });
}

interface Order {
  readonly isDescending: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** The rows are already in the order of their ids. Only the page is read, which matters for a long history. */
function byId<T>(rows: Rows<T>, { isDescending, offset, limit }: Order): readonly T[] {
  if (!isDescending) return rows.slice(offset, offset + limit);
  const end = Math.max(rows.length - offset, 0);
  return [...rows.slice(Math.max(end - limit, 0), end)].reverse();
}

function byColumn<T extends { id: number }>(
  rows: Rows<T>,
  column: keyof T,
  { isDescending, offset, limit }: Order,
): readonly T[] {
  const sign = isDescending ? -1 : 1;
  const all = [...rows.slice(0, rows.length)];
  return all.sort((a, b) => sign * (compare(a[column], b[column]) || a.id - b.id)).slice(offset, offset + limit);
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
