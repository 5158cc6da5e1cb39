import { z } from "zod";
import type { Warehouse } from "./warehouse";

/** The columns of one query, by name. */
export type Row = z.ZodObject<Readonly<Record<string, z.ZodType>>>;

/**
 * The rows of a query; empty if the query did not run.
 *
 * @param query the name of a file in dbt/analyses/dashboard
 * @param row the columns that the page reads; other columns are ignored
 * @throws Error with the query, the column, the value and the expected type, if a row does not match
 */
export function rowsOf<R extends Row>(warehouse: Warehouse, query: string, row: R): readonly z.output<R>[] {
  const rows = warehouse.get(query)?.rows ?? [];
  return rows.map((values) => {
    const result = row.safeParse(values);
    if (result.success) return result.data;
    throw new Error(mistake(query, row, values, result.error.issues[0]!));
  });
}

function mistake(query: string, { shape }: Row, values: object, issue: z.core.$ZodIssue): string {
  const column = String(issue.path[0]);
  const isMissing = !Object.hasOwn(values, column);
  return [
    `dbt/analyses/dashboard/${query}.sql: ${isMissing ? `the column ${column} is missing` : `the column ${column} has a wrong value`}`,
    `  got:     ${isMissing ? Object.keys(values).join(", ") : JSON.stringify((values as Record<string, unknown>)[column])}`,
    `  allowed: ${column}: ${expected(issue)}${shape[column]?.safeParse(null).success ? " or null" : ""}`,
    `  fix:     ${isMissing ? `name the column ${column} in this query` : "correct the column in this query"}, or change what the dashboard reads in src/dashboard`,
  ].join("\n");
}

function expected(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_value") return `one of ${issue.values.join(", ")}`;
  return issue.code === "invalid_type" ? `a ${issue.expected}` : issue.message;
}
