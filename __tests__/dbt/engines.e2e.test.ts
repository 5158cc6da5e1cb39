import { readdirSync } from "node:fs";
import { join } from "node:path";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt, PROJECT, type Manifest } from "./dbt";
import { missingPostgres, PostgresServer } from "./postgres";
import { missingModule, python } from "./python";

const itWithDbt = itIf(missingDbt);
const itWithPostgres = itIf(missingDbt ?? missingPostgres);
const itWithSqlglot = itIf(missingDbt ?? missingModule("sqlglot"));
const folder = new DbtFolder();
let built: ReturnType<DbtFolder["run"]>;

beforeAll(() => {
  if (missingDbt === undefined) built = folder.run(["build"]);
}, 600_000);
afterAll(() => {
  folder.remove();
});

describe("on DuckDB", () => {
  itWithDbt("everything is built and tested from the shipped data", () => {
    expect(built.status === 0 ? "" : built.output.slice(-5000)).toBe("");
    expect(built.output).toMatch(/Done\. PASS=\d+ WARN=\d+ ERROR=0 SKIP=0/);
  });

  const analyses = readdirSync(join(PROJECT, "analyses")).filter((name) => name.endsWith(".sql"));

  itWithDbt(
    "each of the documentation's queries returns rows",
    () => {
      expect(analyses.length).toBeGreaterThanOrEqual(4);
      expect(folder.run(["compile", "--select", "resource_type:analysis"])).toMatchObject({ status: 0 });
      const compiled = join(folder.target, "compiled", "marketing_analytics", "analyses");
      const count =
        "import duckdb, sys; print(len(duckdb.connect(sys.argv[1]).execute(open(sys.argv[2]).read()).fetchall()))";
      for (const name of analyses) {
        const { status, stdout } = python("-c", count, folder.warehouse, join(compiled, name));
        expect({ name, status, hasRows: Number(stdout) > 0 }).toEqual({ name, status: 0, hasRows: true });
      }
    },
    120_000,
  );

  itWithDbt("no name of a customer stands in the marketing schema, but in the table of customers", () => {
    const { status, stdout } = python("__tests__/dbt/find_names.py", folder.warehouse);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^[1-9]\d* columns of text, 0 with names\n$/) as string,
    });
  });

  itWithDbt(
    "a branch's schema is dropped with its staging schema, and a shared one is not",
    () => {
      const env = { DBT_SCHEMA: "marketing_feature_x_someone" };
      expect(folder.run(["run", "--select", "+int_order_amounts"], env)).toMatchObject({ status: 0 });
      const drop = (schema: string): ReturnType<DbtFolder["run"]> =>
        folder.run(["run-operation", "drop_branch_schema", "--args", JSON.stringify({ schema })]);
      const schemas =
        "import duckdb, sys; print(duckdb.connect(sys.argv[1]).execute(\"select count(*) from information_schema.schemata where schema_name like 'marketing_feature%'\").fetchone()[0])";
      expect(python("-c", schemas, folder.warehouse).stdout).toBe("2\n");
      expect(drop("marketing_feature_x_someone")).toMatchObject({ status: 0 });
      expect(python("-c", schemas, folder.warehouse).stdout).toBe("0\n");
      for (const schema of ["marketing", "marketing_prep", "dbt_production", "public", 'marketing_"x']) {
        const { status, output } = drop(schema);
        expect({ schema, isRefused: status !== 0 && output.includes("schema is not dropped") }).toEqual({
          schema,
          isRefused: true,
        });
      }
    },
    240_000,
  );
});

describe("on PostgreSQL", () => {
  let server: PostgresServer | undefined;
  afterAll(() => server?.stop());

  itWithPostgres(
    "everything is built, and every row equals DuckDB's",
    async () => {
      server = await PostgresServer.start();
      const port = String(server.port);
      expect(python("__tests__/dbt/load_postgres.py", folder.warehouse, port)).toMatchObject({ status: 0, stderr: "" });
      const { status, output } = folder.run(
        [
          "build",
          "--exclude-resource-type",
          "test",
          "--exclude-resource-type",
          "unit_test",
          "--target",
          "postgres",
          "--target-path",
          join(folder.path, "postgres"),
        ],
        {
          POSTGRES_HOST: "127.0.0.1",
          POSTGRES_PORT: port,
          POSTGRES_USER: "postgres",
          POSTGRES_DATABASE: "postgres",
        },
      );
      expect(status === 0 ? "" : output.split("\n").slice(-40).join("\n")).toBe("");
      const compared = python("__tests__/dbt/compare_engines.py", folder.warehouse, port);
      expect(compared).toMatchObject({
        stdout: expect.stringMatching(/^\d+ relations, 0 differences\n$/) as string,
        status: 0,
      });
    },
    600_000,
  );
});

describe("for Redshift", () => {
  itWithSqlglot(
    "every model compiles without a server, parses, and uses nothing that Redshift lacks",
    () => {
      const redshift = join(folder.path, "redshift");
      const compiled = folder.run(
        ["compile", "--target", "redshift", "--no-introspect", "--no-populate-cache", "--target-path", redshift],
        {
          REDSHIFT_HOST: "localhost",
          REDSHIFT_USER: "nobody",
          REDSHIFT_DATABASE: "analytics",
          DBT_ENV_SECRET_REDSHIFT_PASSWORD: "unused",
        },
      );
      expect(compiled.status === 0 ? "" : compiled.output.slice(-3000)).toBe("");
      const models = join(redshift, "compiled", "marketing_analytics", "models");
      const { nodes } = folder.json("manifest.json") as Manifest;
      const count = Object.values(nodes).filter(({ resource_type }) => resource_type === "model").length;
      expect(
        readdirSync(models, { recursive: true }).filter((name) => /\/\w+\.sql$/.test(String(name))).length,
      ).toBeGreaterThanOrEqual(count);
      const checked = python("__tests__/dbt/check_redshift.py", models);
      expect(checked).toMatchObject({ stdout: expect.stringMatching(/^\d+ files\n$/) as string, status: 0 });
    },
    300_000,
  );

  itWithSqlglot("a construct that Redshift lacks is named", () => {
    const script =
      "from pathlib import Path; import sys; Path(sys.argv[1]).write_text(\"select string_agg(a, ',') , sum(b) over (order by c) from t\")";
    const file = join(folder.path, "wrong.sql");
    python("-c", script, file);
    const { status, stdout } = python("__tests__/dbt/check_redshift.py", folder.path);
    expect(status).toBe(1);
    expect(stdout).toContain(`${file}: string_agg`);
    expect(stdout).toContain(`${file}: a window with an order and without rows`);
  });
});
