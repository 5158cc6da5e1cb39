import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt, ROOT, type DbtRun } from "./dbt";
import { missingModule, PYTHON, python } from "./python";
import { WITHOUT_TESTS } from "./warehouses";

const itWithLifetimes = itIf(missingDbt ?? missingModule("scipy") ?? missingModule("lifetimes"));
const folder = new DbtFolder();
const PROGRAM = "__tests__/dbt/lifetime_value.py";

afterAll(() => {
  folder.remove();
});

function write(world: string, file: string): void {
  expect(python(PROGRAM, world, file)).toEqual({ status: 0, stdout: "", stderr: "" });
}

describe("customer_ltv", () => {
  const vars = { analysis_date: "2025-12-31", ltv_backtest_origins: 3, optional_sources: ["clv_model_parameters"] };
  const withVars = (more: object): readonly string[] => ["--vars", JSON.stringify({ ...vars, ...more })];

  itWithLifetimes("scores each customer as scipy and the package lifetimes do", () => {
    write("world", folder.warehouse);
    const built = folder.run(["build", "--quiet", "--select", "+customer_ltv", ...WITHOUT_TESTS, ...withVars({})]);
    expect(built).toEqual({ status: 0, output: "" });
    const { status, stdout, stderr } = python(PROGRAM, "compare", folder.warehouse);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^[1-9]\d\d scores, 0 differences, largest relative error \S+\n$/) as string,
      stderr: "",
    });
  });

  itWithLifetimes("has the values of the example in docs/ltv-calculations.md", () => {
    const page = readFileSync(join(ROOT, "docs", "ltv-calculations.md"), "utf8");
    const example = page.split("## The columns, with one customer")[1]!.split("##")[0]!;
    const values = [...example.matchAll(/^\| `(\w+)` +\| ([\w.]+) /gm)].map(([, column, value]) => [column, value]);
    expect(values.length).toBe(12);
    const query = `select ${values.map(([column]) => column).join(", ")} from marketing.customer_ltv where customer_id = 6`;
    const { stdout } = python("src/rehearsal/duckdb_rows.py", folder.warehouse, query);
    const [[row]] = JSON.parse(stdout) as [[unknown[]]];
    const expected = values.map(([, value]) => {
      const digits = value!.split(".")[1]?.length ?? 0;
      return /\d/.test(value!) ? (expect.closeTo(Number(value), digits) as unknown) : value;
    });
    expect(row.map((value, i) => (/\d/.test(values[i]![1]!) ? Number(value) : value))).toEqual(expected);
  });

  itWithLifetimes("has a test that fails when the parameters are old, and names the command", () => {
    const test = (day: string): DbtRun =>
      folder.run(["test", "--select", "ltv_parameters_are_recent", ...withVars({ analysis_date: day })]);
    expect(test("2026-04-10")).toMatchObject({ status: 0 });
    const { status, output } = test("2026-04-11");
    expect(status).toBe(1);
    expect(output).toContain(
      "FAIL ltv_parameters_are_recent: the newest parameters of the lifetime value were fitted to purchases up to 2025-12-31, " +
        "101 days before analysis_date; allowed: 100 days (var ltv_parameters_max_age_days); fix: run " +
        "`npm run ltv:fit -- --target duckdb` in the repository, then build customer_ltv again",
    );
  });
});

describe("npm run ltv:fit", () => {
  const cdnow = join(folder.path, "cdnow", "warehouse.duckdb");
  const env = { MARKETING_DUCKDB_PATH: cdnow };
  const fit = (...args: readonly string[]): DbtRun => folder.runPython(["../src/ltv/fit.py", ...args], env);

  itWithLifetimes("says how to build the purchases that it needs", () => {
    mkdirSync(join(folder.path, "cdnow"));
    const { status, output } = fit();
    rmSync(cdnow);
    expect(status).toBe(1);
    expect(output).toMatch(/^ltv:fit: cannot read the purchases: .*stg_orders/);
    expect(output).toContain(
      "fix: in dbt/, run `dbt build --select +int_customer_purchases --exclude-resource-type unit_test`",
    );
  });

  itWithLifetimes("finds the published parameters of CDNOW and adds them to the table", () => {
    write("cdnow", cdnow);
    const build = [
      "build",
      "--quiet",
      "--select",
      "+int_customer_purchases",
      ...WITHOUT_TESTS,
      "--vars",
      "{optional_sources: []}",
    ];
    expect(folder.run(build, env)).toEqual({ status: 0, output: "" });
    const { status, output } = fit("--as-of", "1997-09-30");
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringMatching(/^2357 customers, 946 with a repeat purchase, up to 1997-09-30\n/) as string,
    });
    expect(output).toMatch(/; log-likelihood -9582\.4\d\nadded to dbt_production\.clv_model_parameters; /);
    const rows = `
import duckdb, sys
rows = duckdb.connect(sys.argv[1]).execute("""
    select model_version, as_of_date::text, time_unit, n_customers, round(r, 3), round(alpha, 3), round(a, 3), round(b, 3),
        round(p, 2), round(q, 2), round(v, 2)
    from dbt_production.clv_model_parameters
""").fetchall()
print(*rows)
`;
    const { stdout } = python("-c", rows, cdnow);
    expect(stdout.trim()).toBe(
      "('bg_nbd_gamma_gamma_1', '1997-09-30', 'week', 2357, 0.243, 4.414, 0.793, 2.426, 6.25, 3.74, 15.44)",
    );
  });

  itWithLifetimes("reads beside another reader only if it is not to write", async () => {
    const hold = `import duckdb, sys; it = duckdb.connect(sys.argv[1], read_only=True); print("open", flush=True); input()`;
    const reader = spawn(PYTHON, ["-c", hold, cdnow]);
    await once(reader.stdout, "data");
    const dry = fit("--as-of", "1997-01-02", "--dry-run");
    const { status, output } = fit("--as-of", "1997-01-02");
    reader.stdin.end("\n");
    expect(dry).toMatchObject({ status: 0, output: expect.stringContaining("insufficient data") as string });
    expect(status).toBe(1);
    expect(output).toContain("fix: end the other program that has this file open, then repeat ltv:fit");
  });

  itWithLifetimes("writes nothing when there are too few customers", () => {
    const { status, output } = fit("--as-of", "1997-01-02");
    expect(status).toBe(0);
    expect(output).toMatch(
      /insufficient data: 200 customers and 50 with a repeat purchase are needed\. Nothing was\nwritten\./,
    );
  });
});
