/** The fields of a manifest node that the rules read. A node is a model, seed, test, source, exposure or analysis. */
export interface RuledNode {
  readonly unique_id: string;
  readonly name: string;
  readonly resource_type: string;
  readonly original_file_path: string;
  readonly patch_path?: string | null;
  readonly description?: string;
  readonly raw_code?: string;
  readonly schema?: string;
  readonly identifier?: string;
  readonly source_description?: string;
  readonly config?: { readonly materialized?: string };
  readonly depends_on?: { readonly nodes: readonly string[] };
  readonly attached_node?: string | null;
  readonly test_metadata?: { readonly name: string; readonly kwargs: { readonly column_name?: string } };
}

/** The parts of dbt's manifest that the rules read. */
export interface RuledManifest {
  readonly nodes: Readonly<Record<string, RuledNode>>;
  readonly sources: Readonly<Record<string, RuledNode>>;
  readonly exposures: Readonly<Record<string, RuledNode>>;
}

/** The layers of models, by the folder below models/, and the prefix of each layer's names. */
const PREFIXES: Readonly<Record<string, string>> = { staging: "stg_", intermediate: "int_", marts: "" };
/** A model with at least this many direct parents joins too much. */
const TOO_MANY_PARENTS = 7;
/** A model with at least this many direct leaf children has a fanout. They belong in a BI tool or in one model. */
const FANOUT = 3;
/** A chain of at least this many views is slow to read. */
const CHAINED_VIEWS = 5;

/** A rule: its name, and the names of the nodes that break it. */
type Rule = (graph: Graph) => readonly string[];

/** The manifest with the edges between its models, sources and seeds in both directions. */
class Graph {
  readonly models: readonly RuledNode[];
  readonly sources: readonly RuledNode[];
  readonly exposures: readonly RuledNode[];
  readonly tests: readonly RuledNode[];
  private readonly all: ReadonlyMap<string, RuledNode>;
  private readonly childrenById = new Map<string, RuledNode[]>();

  constructor({ nodes, sources, exposures }: RuledManifest) {
    const ofType = (type: string) => Object.values(nodes).filter(({ resource_type }) => resource_type === type);
    this.models = ofType("model");
    this.tests = ofType("test");
    this.sources = Object.values(sources);
    this.exposures = Object.values(exposures);
    this.all = new Map([...Object.values(nodes), ...this.sources].map((node) => [node.unique_id, node]));
    for (const model of this.models) {
      for (const parent of this.parents(model)) {
        this.childrenById.set(parent.unique_id, [...this.children(parent), model]);
      }
    }
  }

  parents({ depends_on }: RuledNode): RuledNode[] {
    return [...new Set(depends_on?.nodes)].flatMap((id) => this.all.get(id) ?? []);
  }

  children({ unique_id }: RuledNode): readonly RuledNode[] {
    return this.childrenById.get(unique_id) ?? [];
  }

  /** Names of the models that meet a condition. */
  modelsWhere(condition: (model: RuledNode) => boolean): string[] {
    return this.models.filter(condition).map(({ name }) => name);
  }
}

const layerOf = ({ original_file_path }: RuledNode): string => original_file_path.split("/")[1] ?? "";
const isSource = ({ resource_type }: RuledNode): boolean => resource_type === "source";
const isModel = ({ resource_type }: RuledNode): boolean => resource_type === "model";
const isView = (node: RuledNode): boolean => isModel(node) && node.config?.materialized === "view";
const isEmpty = (text: string | undefined): boolean => (text ?? "").trim() === "";

/** Views in a row up to this one, with itself. */
function viewsInARow(model: RuledNode, graph: Graph): number {
  if (!isView(model)) return 0;
  return 1 + Math.max(0, ...graph.parents(model).map((parent) => viewsInARow(parent, graph)));
}

/** Whether tests hold that each row has a key: a column that is unique and not null, or a unique combination. */
function hasKeyTest(model: RuledNode, { tests }: Graph): boolean {
  const own = tests.filter(({ attached_node }) => attached_node === model.unique_id);
  const columns = (test: string) =>
    own.flatMap(({ test_metadata: meta }) => (meta?.name === test ? [meta.kwargs.column_name] : []));
  const keys = columns("not_null");
  return columns("unique_combination").length > 0 || columns("unique").some((column) => keys.includes(column));
}

/** A table is named in SQL itself, after `from` or `join`, as schema.table. */
const HARD_CODED = /\b(?:from|join)\s+["\w]+\.["\w]+/i;
const NO_SQL = /\{#[^]*?#\}|--.*|\bextract\s*\([^)]*\)/gi;

/** The rules of the package dbt_project_evaluator, each with the names of the nodes that break it. */
const RULES: Readonly<Record<string, Rule>> = {
  "a staging model reads one source": (graph) =>
    graph.modelsWhere((model) => layerOf(model) === "staging" && graph.parents(model).filter(isSource).length !== 1),
  "a staging model reads no model": (graph) =>
    graph.modelsWhere((model) => layerOf(model) === "staging" && graph.parents(model).some(isModel)),
  "only staging reads sources": (graph) =>
    graph.modelsWhere((model) => layerOf(model) !== "staging" && graph.parents(model).some(isSource)),
  "a source is not joined to models or to other sources": (graph) =>
    graph.modelsWhere((model) => graph.parents(model).some(isSource) && graph.parents(model).length > 1),
  "a source has one model that reads it": (graph) =>
    graph.sources.filter((source) => graph.children(source).length > 1).map(({ name }) => name),
  "a source is read": (graph) =>
    graph.sources.filter((source) => graph.children(source).length === 0).map(({ name }) => name),
  "a table is one source only": ({ sources }) =>
    sources
      .filter((one) => sources.some((other) => other !== one && tableOf(other) === tableOf(one)))
      .map(({ name }) => name),
  "a model reads something": (graph) => graph.modelsWhere((model) => graph.parents(model).length === 0),
  "a model names no table itself": (graph) =>
    graph.modelsWhere(({ raw_code }) => HARD_CODED.test((raw_code ?? "").replaceAll(NO_SQL, ""))),
  "a model has few parents": (graph) => graph.modelsWhere((model) => graph.parents(model).length >= TOO_MANY_PARENTS),
  "a model has few children that end there": (graph) =>
    graph.modelsWhere(
      (model) => graph.children(model).filter((child) => graph.children(child).length === 0).length >= FANOUT,
    ),
  "a model does not read again what its parent, which no other model reads, has read": (graph) =>
    graph.modelsWhere((model) => {
      const parents = graph.parents(model).filter(isModel);
      const only = parents.filter((parent) => graph.children(parent).length === 1);
      return only.some((parent) => graph.parents(parent).some((id) => isModel(id) && parents.includes(id)));
    }),
  "views are not chained": (graph) => graph.modelsWhere((model) => viewsInARow(model, graph) >= CHAINED_VIEWS),
  "a model has a test of its key": (graph) => graph.modelsWhere((model) => !hasKeyTest(model, graph)),
  "a model has a description": (graph) => graph.modelsWhere(({ description }) => isEmpty(description)),
  "a source has a description": ({ sources }) =>
    sources.filter((one) => isEmpty(one.description) || isEmpty(one.source_description)).map(({ name }) => name),
  "a model's name has the prefix of its layer": (graph) =>
    graph.modelsWhere((model) => {
      const prefix = PREFIXES[layerOf(model)];
      if (prefix === undefined) return true;
      return prefix === "" ? /^(?:stg|int)_/.test(model.name) : !model.name.startsWith(prefix);
    }),
  "the yml file of a model lies in the model's folder": (graph) =>
    graph.modelsWhere(
      ({ original_file_path, patch_path }) => folderOf(patch_path ?? "") !== folderOf(original_file_path),
    ),
  "the yml file of a source lies in the folder of the model that reads it": (graph) =>
    graph.sources
      .filter((source) =>
        graph
          .children(source)
          .some((child) => folderOf(child.original_file_path) !== folderOf(source.original_file_path)),
      )
      .map(({ name }) => name),
  "an exposure reads marts": (graph) =>
    graph.exposures
      .filter((exposure) => graph.parents(exposure).some((parent) => !isModel(parent) || layerOf(parent) !== "marts"))
      .map(({ name }) => name),
};

const tableOf = ({ schema, identifier }: RuledNode): string => `${schema}.${identifier}`;
const folderOf = (path: string): string => path.replace(/^\w+:\/\//, "").replace(/\/[^/]*$/, "");

/** Names of nodes that may break a rule, by rule, each with the reason. */
export type Exceptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Checks the rules.
 *
 * @returns a line for each node that breaks a rule without an exception, and for each exception that does not occur
 */
export function brokenRules(manifest: RuledManifest, exceptions: Exceptions = {}): string[] {
  const graph = new Graph(manifest);
  const unknown = Object.keys(exceptions).filter((rule) => !(rule in RULES));
  const lines = Object.entries(RULES).flatMap(([rule, check]) => {
    const broken = check(graph);
    const excepted = Object.keys(exceptions[rule] ?? {});
    return [
      ...broken.filter((name) => !excepted.includes(name)).map((name) => `${rule}: ${name}`),
      ...excepted
        .filter((name) => !broken.includes(name))
        .map((name) => `${rule}: the exception ${name} does not occur`),
    ];
  });
  return [...unknown.map((rule) => `no rule is called "${rule}"`), ...lines].sort();
}
