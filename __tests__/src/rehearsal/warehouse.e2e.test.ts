import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { itIf } from "../../support/requirement";

const ROOT = join(__dirname, "../../..");
const PYTHON = join(ROOT, ".venv/bin/python");
const itWithDbt = itIf(
  existsSync(join(ROOT, ".venv/bin/dbt")) ? undefined : "dbt is not in .venv; npm run python:setup installs it",
);
const folder = mkdtempSync(join(tmpdir(), "warehouse-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs `npm run warehouse` as npm does when it is started in the test's folder. */
function warehouse(file: string, ...args: string[]): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync(
    process.execPath,
    ["-r", "ts-node/register", "src/rehearsal/warehouse.ts", ...args],
    {
      cwd: ROOT,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        INIT_CWD: folder,
        MARKETING_DUCKDB_PATH: file,
        DBT_TARGET_PATH: join(folder, "target"),
        DBT_LOG_PATH: join(folder, "logs"),
      },
    },
  );
  return { status, stdout };
}

function query(file: string, sql: string): unknown {
  const program = "import duckdb, sys; print(duckdb.connect(sys.argv[1]).execute(sys.argv[2]).fetchall())";
  return spawnSync(PYTHON, ["-c", program, join(folder, file), sql], { encoding: "utf8" }).stdout.trim();
}

describe("npm run warehouse", () => {
  itWithDbt(
    "builds the shipped data and prints a summary by layer; a path is relative to the folder in which npm was started",
    () => {
      const { status, stdout } = warehouse(
        "fresh.duckdb",
        "--select",
        "+orders",
        "--exclude-resource-type",
        "unit_test",
      );
      expect(stdout).toMatch(/^layer +models +tests +rows +seconds$/m);
      expect(stdout).toMatch(/^sources +0 +[1-9]\d* +0 +[\d.]+$/m);
      expect(stdout).toMatch(/^marts\/core +[1-9]\d* +[1-9]\d* +4,500 +[\d.]+$/m);
      expect(stdout).toMatch(/ success, .*\d+ pass.* in [\d.]+ s; .*fresh\.duckdb$/m);
      expect(status).toBe(0);
      expect(query("fresh.duckdb", "select count(*) from marketing.orders")).toBe("[(4500,)]");
    },
  );

  itWithDbt("adds no sample data to a file with sources, and passes its arguments to dbt", () => {
    const file = join(folder, "own.duckdb");
    const generate = join(ROOT, "dbt/sample-data/generate.py");
    expect(spawnSync(PYTHON, ["-B", generate, "--duckdb", file, "--orders", "100"]).status).toBe(0);
    const before = query("own.duckdb", "select count(*) from duckdb_tables()");
    const { status, stdout } = warehouse(
      "own.duckdb",
      "--select",
      "stg_orders",
      "marketing_attribution",
      "--vars",
      "{abc_a_threshold: 2}",
    );
    expect(status).not.toBe(0);
    expect(stdout).toContain("abc_a_threshold: got 2");
    expect(stdout).not.toContain("layer ");
    expect(query("own.duckdb", "select count(*) from duckdb_tables()")).toBe(before);

    const built = warehouse("own.duckdb", "--select", "stg_orders", "--exclude-resource-type", "unit_test");
    expect(built.status).toBe(0);
    // Tests of optional sources that are off go with them; dbt warns of each that does not.
    expect(built.stdout).not.toContain("WARNING");
    expect(
      query("own.duckdb", "select table_name from duckdb_tables() where schema_name = 'dbt_production' order by 1"),
    ).toBe("[('customers',), ('orders',), ('payments',)]");
    expect(query("own.duckdb", "select count(*) from marketing_prep.stg_orders")).toBe("[(100,)]");
  });
});
