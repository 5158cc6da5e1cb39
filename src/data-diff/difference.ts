import { z } from "zod";

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const columnSchema = z.object({
  name: z.string(),
  changed: z.int().describe("The number of rows."),
  largest: z.number().nullable().describe("The largest change of a number, without its sign."),
  mean: z.number().nullable().describe("The mean change of the changed numbers."),
  examples: z.array(z.object({ key: z.array(value), before: value, after: value })),
});

const comparedSchema = z.object({
  status: z.literal("compared"),
  name: z.string(),
  by_key: z.boolean().describe("Without a key that is unique in both builds, rows are only added or lost."),
  rows: z.object({ base: z.int(), head: z.int(), added: z.int(), lost: z.int(), changed: z.int() }),
  schema: z.object({
    added: z.array(z.string()),
    removed: z.array(z.string()),
    retyped: z.array(z.object({ name: z.string(), before: z.string(), after: z.string() })),
  }),
  columns: z.array(columnSchema),
});

/** The change of a key figure. */
export const kpiChangeSchema = z.object({
  label: z.string(),
  unit: z.string().nullable(),
  before: z.number().nullable(),
  after: z.number().nullable(),
});

/** The difference of a mart between two builds: the output of compare.py. */
export const martDifferenceSchema = z.union([
  z.object({ status: z.enum(["added", "removed", "missing"]), name: z.string() }),
  comparedSchema,
]);

export type MartDifference = z.output<typeof martDifferenceSchema>;
export type ComparedMart = z.output<typeof comparedSchema>;
export type ColumnDifference = z.output<typeof columnSchema>;

/** Whether the two builds of a mart are not the same. */
export function isDifferent(mart: MartDifference): boolean {
  if (mart.status !== "compared") return mart.status !== "missing";
  const { rows, schema } = mart;
  const fields = schema.added.length + schema.removed.length + schema.retyped.length;
  return rows.added + rows.lost + rows.changed + fields > 0;
}
