/** The part of dbt's manifest.json that a summary by layer needs. */
export interface Manifest {
  readonly metadata: { readonly adapter_type: string };
  readonly nodes: Readonly<Record<string, ManifestNode>>;
  readonly unit_tests: Readonly<Record<string, ManifestNode>>;
}

/** A model, seed or test of the manifest. */
export interface ManifestNode {
  readonly resource_type: string;
  readonly name: string;
  /** The project, the folders and the name. */
  readonly fqn: readonly string[];
  readonly relation_name?: string | null;
  readonly depends_on: { readonly nodes?: readonly string[] };
}

/** The part of dbt's run_results.json that a summary by layer needs. */
export interface RunResults {
  readonly elapsed_time: number;
  readonly results: readonly { readonly unique_id: string; readonly status: string; readonly execution_time: number }[];
}

/** dbt's results of a folder of models, of the sources or of the seeds. */
export interface Layer {
  readonly layer: string;
  readonly models: number;
  readonly tests: number;
  /** The number of rows of its models and seeds, without intermediate models (int_). */
  readonly rowCount: number;
  /** The sum over all nodes. Nodes run in parallel, so it is more than the elapsed time. */
  readonly seconds: number;
}

type CountRows = (relations: readonly string[]) => readonly number[];

/** The order of layers. Other folders come last, by name. */
const ORDER = ["sources", "seeds", "staging", "core", "marketing"];

/**
 * Sums up a run by layer. A layer is the folder of a model. A test belongs to the last layer that it reads.
 *
 * @param countRows returns the number of rows of each relation, or an empty list where it cannot query them
 */
export function layers(manifest: Manifest, { results }: RunResults, countRows: CountRows): Layer[] {
  const done = results.map(({ unique_id, execution_time }) => ({
    node: manifest.nodes[unique_id] ?? manifest.unit_tests[unique_id],
    layer: layerOf(manifest, unique_id),
    seconds: execution_time,
  }));
  const built = results
    .filter(({ status }) => status === "success")
    .map(({ unique_id }) => ({ layer: layerOf(manifest, unique_id), node: manifest.nodes[unique_id] }))
    .filter(({ node }) => node?.relation_name && !node.name.startsWith("int_"));
  const counts = countRows(built.map(({ node }) => node!.relation_name!));
  return [...new Set(done.map(({ layer }) => layer))].sort(byOrder).map((layer) => {
    const nodes = done.filter((one) => one.layer === layer);
    return {
      layer,
      models: nodes.filter(({ node }) => node?.resource_type === "model").length,
      tests: nodes.filter(({ node }) => node?.resource_type.endsWith("test")).length,
      rowCount: sum(built.map((one, i) => (one.layer === layer ? (counts[i] ?? 0) : 0))),
      seconds: sum(nodes.map(({ seconds }) => seconds)),
    };
  });
}

function layerOf(manifest: Manifest, id: string): string {
  if (id.startsWith("source.")) return "sources";
  if (id.startsWith("seed.")) return "seeds";
  const node = manifest.nodes[id] ?? manifest.unit_tests[id];
  if (node === undefined) return "project";
  if (node.resource_type === "model") return node.fqn.slice(1, -1).join("/") || "models";
  const looksAt = (node.depends_on.nodes ?? []).map((parent) => layerOf(manifest, parent));
  return looksAt.sort(byOrder).at(-1) ?? "project";
}

function byOrder(a: string, b: string): number {
  return place(a) - place(b) || a.localeCompare(b);
}

function place(layer: string): number {
  const index = ORDER.indexOf(layer.split("/")[0]!);
  return index < 0 ? ORDER.length : index;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
