import { join } from "node:path";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt, type DbtRun } from "./dbt";
import { missingPostgres, PostgresServer } from "./postgres";
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
const folder = new DbtFolder();
let server: PostgresServer | undefined;

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
    const full = fullyRefreshedWarehouse(folder);
    changeSources(String(server!.port));
    expect(onPostgres(["run", ...INCREMENTAL, ...CHANGED_DAYS])).toEqual({ status: 0, output: "" });
    expectEqual(full, String(server!.port));
  });
});

/** Runs dbt on the PostgreSQL server. */
function onPostgres(args: readonly string[]): DbtRun {
  const places = ["--target", "postgres", "--target-path", join(folder.path, "postgres")];
  return folder.run([...args, "--quiet", ...places], server!.env);
}
