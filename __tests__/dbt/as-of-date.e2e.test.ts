import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt } from "./dbt";
import { python } from "./python";
import { expectEqual } from "./warehouses";

const itWithDbt = itIf(missingDbt);
const DAY = "2025-06-30";

describe("with the var analysis_date", () => {
  const folder = new DbtFolder();
  afterAll(() => {
    folder.remove();
  });

  itWithDbt("every table and view is as if the data ended on that day, and all data tests pass", () => {
    const vars = ["--vars", `{analysis_date: ${DAY}}`];
    // The ad platforms of the sample data start after this day.
    const exclude = ["--exclude-resource-type", "unit_test", "--exclude", "platform_is_stale"];
    const build = folder.run(["build", ...exclude, ...vars]);
    expect(build.status === 0 ? "" : build.output.slice(-5000)).toBe("");
    const asOf = join(folder.path, "as-of", "warehouse.duckdb");
    mkdirSync(dirname(asOf));
    copyFileSync(folder.warehouse, asOf);
    expect(python("__tests__/dbt/end_sources.py", folder.warehouse, DAY)).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    expect(folder.run(["run", "--quiet"])).toEqual({ status: 0, output: "" });
    expectEqual(asOf, folder.warehouse);
  });
});
