import { z } from "zod";
import { readJson } from "./read-json";

const nodeSchema = z.object({
  unique_id: z.string(),
  name: z.string(),
  resource_type: z.string(),
  schema: z.string().nullish(),
  path: z.string(),
  attached_node: z.string().nullish(),
  column_name: z.string().nullish(),
  columns: z
    .record(
      z.string(),
      z.object({
        data_type: z.string().nullish(),
        config: z.object({ meta: z.object({ pii: z.boolean().optional() }).optional() }).optional(),
      }),
    )
    .default({}),
  config: z.object({ contract: z.object({ enforced: z.boolean().nullish() }).nullish() }).nullish(),
  depends_on: z.object({ nodes: z.array(z.string()).default([]) }).default({ nodes: [] }),
  test_metadata: z.object({ name: z.string(), kwargs: z.record(z.string(), z.unknown()) }).nullish(),
});

const readerSchema = z.object({
  name: z.string(),
  label: z.string().nullish(),
  depends_on: z.object({ nodes: z.array(z.string()) }),
});
const readersSchema = z.record(z.string(), readerSchema);

/** The parts of dbt's manifest.json that a data diff reads. */
const manifestSchema = z.object({
  nodes: z.record(z.string(), nodeSchema),
  exposures: readersSchema,
  semantic_models: readersSchema.default({}),
  metrics: readersSchema.default({}),
  saved_queries: readersSchema.default({}),
  unit_tests: z.record(z.string(), z.object({ name: z.string() })).default({}),
});

export type Manifest = z.output<typeof manifestSchema>;

/**
 * Reads a manifest.json.
 *
 * @throws DataDiffError when dbt did not write it completely
 */
export function readManifest(file: string): Manifest {
  return readJson(file, manifestSchema);
}

/** A model of marts/, which people and dashboards read. */
export interface Mart {
  readonly name: string;
  readonly schema: string;
  /** The columns that find one row, by the data tests of the model; empty when no test says so. */
  readonly key: readonly string[];
  /** The columns with personal data (`meta: {pii: true}`). Their values are not shown. */
  readonly hidden: readonly string[];
  /** The exposures that read the mart, such as dashboards, directly or through metrics. */
  readonly readers: readonly string[];
}

const FOLDER = "marts/";

/** The marts of a project. */
export function martsOf(manifest: Manifest): Mart[] {
  const nodes = Object.values(manifest.nodes);
  return nodes
    .filter(({ resource_type, path }) => resource_type === "model" && path.startsWith(FOLDER))
    .map((model) => ({
      name: model.name,
      schema: model.schema ?? "",
      key: keyOf(nodes.filter(({ attached_node }) => attached_node === model.unique_id)),
      hidden: Object.entries(model.columns)
        .filter(([, { config }]) => config?.meta?.pii)
        .map(([name]) => name),
      readers: Object.values(manifest.exposures)
        .filter((exposure) => readsOf(exposure, manifest).includes(model.unique_id))
        .map(({ name, label }) => label ?? name),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The objects that an exposure, a metric or a semantic model reads, directly or through metrics and semantic models. */
function readsOf({ depends_on }: z.output<typeof readerSchema>, manifest: Manifest): string[] {
  return depends_on.nodes.flatMap((id) => {
    const between = manifest.semantic_models[id] ?? manifest.metrics[id] ?? manifest.saved_queries[id];
    return between === undefined ? [id] : readsOf(between, manifest);
  });
}

type Node = Manifest["nodes"][string];

/** The shortest key that a data test names. */
function keyOf(tests: readonly Node[]): string[] {
  const keys = tests.flatMap(({ test_metadata, column_name }) => {
    if (test_metadata?.name === "unique" && column_name) return [[column_name]];
    if (test_metadata?.name !== "unique_combination") return [];
    const columns = z.array(z.string()).safeParse(test_metadata.kwargs["columns"]);
    return columns.success ? [columns.data] : [];
  });
  return keys.sort((a, b) => a.length - b.length)[0] ?? [];
}
