import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt } from "./dbt";
import { python } from "./python";

const folder = new DbtFolder();

afterAll(() => {
  folder.remove();
});

/** The number of schemas of the branch. */
function branchSchemas(): string {
  const query = "select count(*) from information_schema.schemata where schema_name like 'marketing_feature%'";
  const count = "import duckdb, sys; print(duckdb.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])";
  return python("-c", count, folder.warehouse, query).stdout.trim();
}

itIf(missingDbt)("a branch's schema is dropped with its staging schema, and a shared one is not", () => {
  const env = { DBT_SCHEMA: "marketing_feature_x_someone" };
  expect(folder.run(["run", "--quiet", "--select", "+int_order_amounts"], env)).toEqual({ status: 0, output: "" });
  expect(branchSchemas()).toBe("2");
  const shared = ["marketing", "marketing_prep", "dbt_production", "public", 'marketing_"x'];
  const [dropped, ...refused] = folder.runAll(
    ["marketing_feature_x_someone", ...shared].map((schema) => [
      ...["run-operation", "drop_branch_schema", "--args", JSON.stringify({ schema })],
    ]),
    env,
  );
  expect(dropped).toMatchObject({ status: 0 });
  expect(branchSchemas()).toBe("0");
  for (const { status, output } of refused) {
    expect(status).not.toBe(0);
    expect(output).toContain("schema is not dropped");
  }
});
