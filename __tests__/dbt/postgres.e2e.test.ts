import { join } from "node:path";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt, type DbtRun } from "./dbt";
import { missingPostgres, PostgresServer } from "./postgres";
import { missingModule, python } from "./python";
import {
  CHANGED_DAYS,
  changeSources,
  copyShippedWarehouse,
  expectEqual,
  fullyRefreshedWarehouse,
  INCREMENTAL,
  loadSources,
  WITHOUT_TESTS,
} from "./warehouses";

const itWithPostgres = itIf(missingDbt ?? missingPostgres);
const itWithScipy = itIf(missingDbt ?? missingPostgres ?? missingModule("scipy"));
const folder = new DbtFolder();
let server: PostgresServer | undefined;
let full: string;

afterAll(() => {
  server?.stop();
  folder.remove();
});

describe("on PostgreSQL", () => {
  itWithPostgres("everything is built, and every row equals DuckDB's", async () => {
    expect(copyShippedWarehouse(folder)).toMatchObject({ status: 0 });
    server = await PostgresServer.start();
    loadSources(folder.warehouse, String(server.port));
    expect(onPostgres(["build", ...WITHOUT_TESTS])).toEqual({ status: 0, output: "" });
    expectEqual(folder.warehouse, String(server.port));
  });

  itWithPostgres("every source tells how old it is, and shipped data are", () => {
    const { status, output } = onPostgres(["source", "freshness"]);
    expect(status).toBe(1);
    const told = [...output.matchAll(/ ERROR (STALE )?freshness of \w+\.(\w+)/g)];
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter(([, stale]) => stale === undefined)).toEqual([]);
  });

  itWithPostgres("an incremental run after changes of the sources makes every row of what a full refresh makes", () => {
    full = fullyRefreshedWarehouse(folder);
    changeSources(String(server!.port));
    expect(onPostgres(["run", ...INCREMENTAL, ...CHANGED_DAYS])).toEqual({ status: 0, output: "" });
    expectEqual(full, String(server!.port));
  });

  itWithScipy("npm run ltv:fit finds the parameters that it finds on DuckDB, and adds them", () => {
    const fit = (args: readonly string[], env: Readonly<Record<string, string>>): DbtRun =>
      folder.runPython(["../src/ltv/fit.py", ...args], env);
    const onDuckdb = fit(["--dry-run"], { MARKETING_DUCKDB_PATH: full });
    expect(onDuckdb).toEqual({
      status: 0,
      output: expect.stringMatching(/^\d+ customers, .*\nr \S+, alpha .*; log-likelihood -\d+\.\d\d\n$/) as string,
    });
    expect(fit(["--target", "postgres"], server!.env)).toEqual({
      status: 0,
      output: `${onDuckdb.output}added to dbt_production.clv_model_parameters; the next dbt build scores with it\n`,
    });
    const newest = `
import sys
sys.path.insert(0, "__tests__/dbt")
from warehouse import connection
with connection(sys.argv[1]).cursor() as cursor:
    cursor.execute("select n_customers, log_likelihood from dbt_production.clv_model_parameters order by fitted_at desc limit 1")
    print("%d customers, log-likelihood %.2f" % cursor.fetchone())`;
    const { stdout } = python("-c", newest, String(server!.port));
    const [, customers, likelihood] = /^(\d+ customers)[^]*(log-likelihood \S+)/.exec(onDuckdb.output)!;
    expect(stdout).toBe(`${customers!}, ${likelihood!}\n`);
  });
});

/** Runs dbt on the PostgreSQL server. */
function onPostgres(args: readonly string[]): DbtRun {
  const places = ["--target", "postgres", "--target-path", join(folder.path, "postgres")];
  return folder.run([...args, "--quiet", ...places], server!.env);
}
