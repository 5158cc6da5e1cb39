import { Refused } from "./refused";

/** The values of a query string, not parsed. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One value of the query: the last one when the query repeats the name. */
export function text(query: RawQuery, name: string): string | undefined {
  const value = query[name];
  return typeof value === "object" ? value.at(-1) : value;
}

/** A list in any of the spellings that clients use: `a,b`, `[a,b]`, `["a","b"]`, or the name repeated. */
export function words(query: RawQuery, name: string): string[] {
  const value = query[name];
  const texts = typeof value === "object" ? value : value === undefined ? [] : [value];
  return texts
    .flatMap((item) => item.replace(/^\[|\]$/g, "").split(","))
    .map((word) => word.trim().replace(/^["']|["']$/g, ""))
    .filter((word) => word !== "");
}

/** A number of the query; undefined when it is missing or not a number, because a GET never gets a 400. */
export function number(query: RawQuery, name: string): number | undefined {
  const value = text(query, name);
  return value !== undefined && /^-?\d+$/.test(value) ? Number(value) : undefined;
}

/** A list in any of the spellings. It is undefined when the query does not have the name, unlike an empty list. */
export function wordsIf(query: RawQuery, name: string): string[] | undefined {
  return query[name] === undefined ? undefined : words(query, name);
}

/** A list of numbers in any of the spellings. */
export function numbers(query: RawQuery, name: string): number[] | undefined {
  return wordsIf(query, name)?.map(Number);
}

/** `true`/`false`, `1`/`0`, in any case. */
export function flag(query: RawQuery, name: string): boolean | undefined {
  const value = text(query, name)?.toLowerCase();
  if (value === undefined) return undefined;
  return value === "true" || value === "1";
}

/** Whether a text contains a part, in any case. */
export function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

/** The id in a path.
 *
 * @throws Refused with 404 when the part of the path is not a number
 */
export function idIn(params: unknown, name: string): number {
  const value = (params as Readonly<Record<string, string>>)[name] ?? "";
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new Refused(404, `The requested resource was not found: ${name} ${value}`);
}
