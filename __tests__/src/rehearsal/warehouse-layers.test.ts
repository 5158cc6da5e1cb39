import { layers, type Manifest, type ManifestNode } from "../../../src/rehearsal/warehouse-layers";

function node(resource_type: string, path: string, parents: readonly string[] = []): ManifestNode {
  const name = path.split("/").at(-1)!;
  return {
    resource_type,
    name,
    fqn: ["project", ...path.split("/")],
    relation_name: resource_type.endsWith("test") ? null : `"w"."${name}"`,
    depends_on: { nodes: parents },
  };
}

const manifest: Manifest = {
  metadata: { adapter_type: "duckdb" },
  nodes: {
    "seed.p.costs": node("seed", "costs"),
    "model.p.stg_orders": node("model", "staging/stg_orders", ["source.p.orders"]),
    "model.p.int_amounts": node("model", "core/int_amounts", ["model.p.stg_orders"]),
    "model.p.orders": node("model", "core/orders", ["model.p.int_amounts"]),
    "model.p.emails": node("model", "marketing/email/emails"),
    "test.p.unique_id": node("test", "unique_id", ["source.p.orders"]),
    "test.p.sums": node("test", "sums", ["model.p.orders", "model.p.stg_orders"]),
    "test.p.vars": node("test", "vars"),
  },
  unit_tests: { "unit_test.p.orders.zero": node("unit_test", "core/orders/zero", ["model.p.orders"]) },
};

function result(
  unique_id: string,
  status = "success",
  execution_time = 1,
): { unique_id: string; status: string; execution_time: number } {
  return { unique_id, status, execution_time };
}

describe("layers", () => {
  const ROWS: Readonly<Record<string, number>> = { costs: 4, stg_orders: 10, int_amounts: 1000, orders: 20, emails: 7 };
  const countRows = (relations: readonly string[]): number[] =>
    relations.map((relation) => ROWS[/"(\w+)"$/.exec(relation)![1]!]!);

  it("are in build order, with models, tests, rows and seconds", () => {
    const results = [
      result("model.p.emails"),
      result("model.p.orders", "success", 2.5),
      result("model.p.int_amounts"),
      result("unit_test.p.orders.zero", "pass"),
      result("test.p.sums", "pass", 0.5),
      result("model.p.stg_orders"),
      result("test.p.unique_id", "pass"),
      result("seed.p.costs"),
      result("test.p.vars", "pass"),
    ];
    expect(layers(manifest, { elapsed_time: 9, results }, countRows)).toEqual([
      { layer: "sources", models: 0, tests: 1, rowCount: 0, seconds: 1 },
      { layer: "seeds", models: 0, tests: 0, rowCount: 4, seconds: 1 },
      { layer: "staging", models: 1, tests: 0, rowCount: 10, seconds: 1 },
      { layer: "core", models: 2, tests: 2, rowCount: 20, seconds: 5 },
      { layer: "marketing/email", models: 1, tests: 0, rowCount: 7, seconds: 1 },
      { layer: "project", models: 0, tests: 1, rowCount: 0, seconds: 1 },
    ]);
  });

  it("do not count rows of models that were not built", () => {
    const results = [
      result("model.p.stg_orders"),
      result("model.p.orders", "error"),
      result("model.p.emails", "skipped", 0),
    ];
    expect(
      layers(manifest, { elapsed_time: 1, results }, countRows).map(({ layer, rowCount }) => [layer, rowCount]),
    ).toEqual([
      ["staging", 10],
      ["core", 0],
      ["marketing/email", 0],
    ]);
  });

  it("have no rows if the relations cannot be queried", () => {
    const [layer] = layers(manifest, { elapsed_time: 1, results: [result("model.p.orders")] }, () => []);
    expect(layer).toEqual({ layer: "core", models: 1, tests: 0, rowCount: 0, seconds: 1 });
  });
});
