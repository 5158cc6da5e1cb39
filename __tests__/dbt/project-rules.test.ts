import { brokenRules, type RuledManifest, type RuledNode } from "./project-rules";

const model = (path: string, parents: readonly string[], rest: Partial<RuledNode> = {}): RuledNode => {
  const name = path.split("/").at(-1)!;
  return {
    unique_id: name,
    name,
    resource_type: "model",
    original_file_path: `models/${path}.sql`,
    patch_path: `project://models/${path}.yml`,
    description: "Grain: one row.",
    raw_code: "select 1",
    config: { materialized: "table" },
    depends_on: { nodes: parents },
    ...rest,
  };
};
const source = (name: string, rest: Partial<RuledNode> = {}): RuledNode => ({
  unique_id: name,
  name,
  resource_type: "source",
  original_file_path: "models/staging/shop/shop_sources.yml",
  description: "A table.",
  source_description: "The shop.",
  schema: "raw",
  identifier: name,
  ...rest,
});
const exposure = (name: string, parents: readonly string[]): RuledNode => ({
  ...model(`x/${name}`, parents),
  resource_type: "exposure",
});

function manifest(models: readonly RuledNode[], sources: readonly RuledNode[], exposures: readonly RuledNode[] = []) {
  const keyed = (nodes: readonly RuledNode[]) => Object.fromEntries(nodes.map((node) => [node.unique_id, node]));
  const tests = models.flatMap(({ name }) =>
    ["unique", "not_null"].map((test) => ({
      ...model(`${name}_${test}`, [name]),
      resource_type: "test",
      attached_node: name,
      test_metadata: { name: test, kwargs: { column_name: "id" } },
    })),
  );
  return { nodes: keyed([...models, ...tests]), sources: keyed(sources), exposures: keyed(exposures) };
}

const orders = source("orders");
const stgOrders = model("staging/shop/stg_orders", ["orders"]);
const intOrders = model("intermediate/core/int_orders", ["stg_orders"]);
const mart = model("marts/core/revenue", ["int_orders"]);
const sound = manifest([stgOrders, intOrders, mart], [orders], [exposure("report", ["revenue"])]);

it("a sound project breaks no rule", () => {
  expect(brokenRules(sound)).toEqual([]);
});

const views = (count: number): RuledNode[] =>
  Array.from({ length: count }, (_, index) =>
    model(`intermediate/core/int_${index}`, [index === 0 ? "stg_orders" : `int_${index - 1}`], {
      config: { materialized: "view" },
    }),
  );

const PLANTED: readonly (readonly [rule: string, name: string, RuledManifest])[] = [
  [
    "a staging model reads one source",
    "stg_both",
    manifest([model("staging/shop/stg_both", ["orders", "payments"])], [orders, source("payments")]),
  ],
  [
    "a staging model reads no model",
    "stg_twice",
    manifest([stgOrders, model("staging/shop/stg_twice", ["stg_orders"])], [orders]),
  ],
  ["only staging reads sources", "revenue", manifest([model("marts/core/revenue", ["orders"])], [orders])],
  [
    "a source is not joined to models or to other sources",
    "revenue",
    manifest([stgOrders, model("marts/core/revenue", ["stg_orders", "payments"])], [orders, source("payments")]),
  ],
  [
    "a source has one model that reads it",
    "orders",
    manifest([stgOrders, model("staging/shop/stg_again", ["orders"])], [orders]),
  ],
  ["a source is read", "payments", manifest([stgOrders], [orders, source("payments")])],
  [
    "a table is one source only",
    "orders_again",
    manifest([stgOrders], [orders, source("orders_again", { identifier: "orders" })]),
  ],
  ["a model reads something", "alone", manifest([model("marts/core/alone", [])], [])],
  [
    "a model names no table itself",
    "revenue",
    manifest(
      [stgOrders, model("marts/core/revenue", ["stg_orders"], { raw_code: "select 1 from raw.orders" })],
      [orders],
    ),
  ],
  [
    "a model has few parents",
    "revenue",
    manifest(
      [
        ...Array.from({ length: 7 }, (_, index) => model(`intermediate/core/int_${index}`, ["stg_orders"])),
        stgOrders,
        model(
          "marts/core/revenue",
          Array.from({ length: 7 }, (_, index) => `int_${index}`),
        ),
      ],
      [orders],
    ),
  ],
  [
    "a model has few children that end there",
    "stg_orders",
    manifest([stgOrders, ...["a", "b", "c"].map((name) => model(`marts/core/${name}`, ["stg_orders"]))], [orders]),
  ],
  [
    "a model does not read again what its parent, which no other model reads, has read",
    "revenue",
    manifest([stgOrders, intOrders, model("marts/core/revenue", ["stg_orders", "int_orders"])], [orders]),
  ],
  ["views are not chained", "int_4", manifest([stgOrders, ...views(5)], [orders])],
  ["a model has a description", "stg_orders", manifest([{ ...stgOrders, description: " " }], [orders])],
  ["a source has a description", "orders", manifest([stgOrders], [{ ...orders, source_description: "" }])],
  [
    "a model's name has the prefix of its layer",
    "int_revenue",
    manifest([stgOrders, model("marts/core/int_revenue", ["stg_orders"])], [orders]),
  ],
  [
    "the yml file of a model lies in the model's folder",
    "stg_orders",
    manifest([{ ...stgOrders, patch_path: "project://models/all.yml" }], [orders]),
  ],
  [
    "the yml file of a source lies in the folder of the model that reads it",
    "orders",
    manifest([stgOrders], [{ ...orders, original_file_path: "models/sources.yml" }]),
  ],
  ["an exposure reads marts", "report", manifest([stgOrders], [orders], [exposure("report", ["stg_orders"])])],
];

it.each(PLANTED)("%s: finds %s", (rule, name, planted) => {
  expect(brokenRules(planted)).toContain(`${rule}: ${name}`);
});

it("a model has a test of its key: finds a model without one", () => {
  const { nodes, ...rest } = sound;
  const untested = Object.fromEntries(Object.entries(nodes).filter(([id]) => id !== "revenue_unique"));
  expect(brokenRules({ nodes: untested, ...rest })).toEqual(["a model has a test of its key: revenue"]);
});

it("an exception silences its node, and fails if its finding or its rule does not exist", () => {
  const planted = manifest([stgOrders], [orders, source("payments")]);
  expect(brokenRules(planted, { "a source is read": { payments: "later" } })).toEqual([]);
  expect(brokenRules(sound, { "a source is read": { payments: "later" }, typo: {} })).toEqual([
    "a source is read: the exception payments does not occur",
    'no rule is called "typo"',
  ]);
});
