import type { ListEnvelope } from "./envelope";
import type { Rows } from "../store/store";
import { everyState, paged, stateFilter } from "./paging";
import { contains, words, type RawQuery } from "./query";
import { Refused } from "./refused";

/** Whether a row passes a filter, given the values of the query: one, or several for a list. */
export type Filter<T> = (row: T, values: readonly string[]) => boolean;

/** The filters of a list, by their names in the query. */
export type Filters<T> = Readonly<Record<string, Filter<T>>>;

/** How a list selects and orders its rows. */
export interface Listing<T> {
  /** The filters beside `state`. */
  readonly filters?: Filters<T>;
  /** Columns that `order_by` may name beside `id`. */
  readonly sortable?: readonly (keyof T & string)[];
  /**
   * The rows that a query without `state` lists.
   *
   * @default "active"
   */
  readonly states?: "active" | "all";
}

/** What every list reads of its rows. */
interface ListedRow {
  readonly id: number;
  readonly state?: number;
  readonly account_id?: number;
}

/** Names of the query that are not filters. */
const NOT_FILTERS: readonly string[] = ["limit", "offset", "order_by", "include_related", "state"];

/**
 * The page of rows that the query asks for.
 *
 * @param rows all rows by ascending id
 * @throws Refused with 501 for a filter that the list does not have. It is not 400, because the Terraform provider takes
 *   a 400 on a read for a deleted object.
 */
export function listed<T extends ListedRow>(
  rows: Rows<T>,
  query: RawQuery,
  { filters = {}, sortable = [], states = "active" }: Listing<T> = {},
): ListEnvelope<T> {
  const all: Filters<T> = { account_id: ofAccount, ...filters };
  const given = Object.keys(query).filter((name) => !NOT_FILTERS.includes(name));
  const checks = given.map((name) => {
    const filter = Object.hasOwn(all, name) ? all[name]! : undefined;
    if (!filter) throw unknownFilter(name, Object.keys(filters));
    const values = words(query, name);
    return (row: T) => filter(row, values);
  });
  const inState = stateFilter(query, states);
  if (inState !== everyState) checks.unshift(inState);
  const matching = checks.reduce<Rows<T>>((left, check) => left.filter(check), rows);
  return paged(matching, query, sortable);
}

/** The page of rows that the query asks for, as {@link listed} gives it, with each row as it is answered. */
export function listedAs<T extends ListedRow>(
  rows: Rows<T>,
  query: RawQuery,
  answer: (row: T) => object,
  listing?: Listing<T>,
): ListEnvelope<object> {
  const { data, ...envelope } = listed(rows, query, listing);
  return { ...envelope, data: data.map((row) => answer(row)) };
}

/** A filter for rows with one of the given values. An absent value is an empty text. */
export function among<T>(valueOf: (row: T) => unknown): Filter<T> {
  return (row, values) => values.includes(asText(valueOf(row)));
}

/** A filter for rows with a flag. The query writes it `true`, `false`, `1` or `0`, in any case. */
export function flagged<T>(flagOf: (row: T) => boolean): Filter<T> {
  return (row, [value]) => flagOf(row) === ["true", "1"].includes(value?.toLowerCase() ?? "");
}

/** A filter for rows with a text that contains the given one, in any case. */
export function containing<T>(textOf: (row: T) => string): Filter<T> {
  return (row, values) => contains(textOf(row), values.join(","));
}

/** A filter for rows with a greater number than the given one. */
export function above<T>(numberOf: (row: T) => number): Filter<T> {
  return (row, [value]) => numberOf(row) > Number(value);
}

/** Every list has this filter, because Dagster repeats the account of the address in the query. */
function ofAccount({ account_id }: ListedRow, values: readonly string[]): boolean {
  return account_id === undefined || values.includes(String(account_id));
}

function unknownFilter(name: string, known: readonly string[]): Refused {
  const filters = known.length === 0 ? "no filters" : `the filters ${known.join(", ")}`;
  return new Refused(501, `${name} is not a filter of this list in the local dbt Cloud. The list has ${filters}.`);
}

function asText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
