import { readFileSync } from "node:fs";
import { z } from "zod";
import { shapeProblem } from "../../jobs/shape-problem";
import { DbtError } from "./resolve";

const period = z.object({ count: z.number().nullish() }).nullish();

const nodeSchema = z.object({
  unique_id: z.string(),
  name: z.string(),
  resource_type: z.string(),
  tags: z.array(z.string()).default([]),
  config: z
    .object({
      materialized: z.string().nullish(),
      full_refresh: z.boolean().nullish(),
      meta: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish()
    .transform((config) => config ?? {}),
  depends_on: z.object({ nodes: z.array(z.string()).default([]) }).default({ nodes: [] }),
  attached_node: z.string().nullish(),
  /** Of a table of a source: the name of the source. */
  source_name: z.string().nullish(),
  /** Of a source: the limits of its freshness. */
  freshness: z.object({ warn_after: period, error_after: period }).nullish(),
});

const manifestSchema = z.object({
  nodes: z.record(z.string(), nodeSchema),
  sources: z.record(z.string(), nodeSchema),
  exposures: z.record(z.string(), nodeSchema.extend({ label: z.string().nullish() })).default({}),
  unit_tests: z.record(z.string(), nodeSchema).default({}),
  semantic_models: z.record(z.string(), nodeSchema).default({}),
  metrics: z.record(z.string(), nodeSchema).default({}),
  saved_queries: z.record(z.string(), nodeSchema).default({}),
});

/** A model, test, source, exposure or other object of a dbt project, as its manifest.json has it. */
export type DbtNode = z.output<typeof nodeSchema> & { readonly label?: string | null };

/** The objects of a dbt project by their ids, `model.project.name`. */
export type DbtProject = ReadonlyMap<string, DbtNode>;

/**
 * Reads the enabled objects of a dbt project from its manifest.json.
 *
 * @throws DbtError when dbt did not write the file completely
 */
export function readDbtProject(file: string): DbtProject {
  const kinds = manifestIn(file);
  return new Map(Object.values(kinds).flatMap((objects) => Object.entries(objects)));
}

function manifestIn(file: string): z.output<typeof manifestSchema> {
  let problem: string;
  try {
    const read = manifestSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
    if (read.success) return read.data;
    problem = shapeProblem(read.error, "the document");
  } catch (error) {
    problem = (error as Error).message;
  }
  throw new DbtError(`delete the file and try again: ${file} is not what dbt writes\n${problem}`);
}

const TABLES = ["model", "seed", "snapshot"];

/** Whether dbt builds the object in the warehouse: a model, seed or snapshot. */
export function isBuilt({ resource_type, config }: DbtNode): boolean {
  return TABLES.includes(resource_type) && config.materialized !== "ephemeral";
}

/** Whether the object is a test of data: `dbt test` and `dbt build` run it. Unit tests test code. */
export function isDataTest({ resource_type }: DbtNode): boolean {
  return resource_type === "test";
}

/** Whether `dbt source freshness` checks the source. */
export function hasFreshness({ freshness }: DbtNode): boolean {
  return [freshness?.warn_after, freshness?.error_after].some((limit) => (limit?.count ?? null) !== null);
}

/** The objects that have no table: what they read counts in their place. A model among them is ephemeral. */
const WITHOUT_TABLE = ["model", "semantic_model", "metric", "saved_query"];

/** The built objects that an object reads, directly or through ephemeral models, metrics and semantic models, which have no table. */
export function readsOf(node: DbtNode, project: DbtProject): DbtNode[] {
  return tablesReadBy(node, project).filter(isBuilt);
}

/** The tables of sources that an object reads, also through ephemeral models. A source reads itself: its freshness is checked. */
export function sourcesOf(node: DbtNode, project: DbtProject): DbtNode[] {
  return isSource(node) ? [node] : tablesReadBy(node, project).filter(isSource);
}

function tablesReadBy(node: DbtNode, project: DbtProject): DbtNode[] {
  return node.depends_on.nodes.flatMap((id) => {
    const parent = project.get(id);
    if (!parent) return [];
    if (isBuilt(parent) || isSource(parent)) return [parent];
    return WITHOUT_TABLE.includes(parent.resource_type) ? tablesReadBy(parent, project) : [];
  });
}

function isSource({ resource_type }: DbtNode): boolean {
  return resource_type === "source";
}

/** The name of a table of a source, with the name of the source: `raw.orders`. */
export function sourceName({ source_name, name }: DbtNode): string {
  return source_name ? `${source_name}.${name}` : name;
}
