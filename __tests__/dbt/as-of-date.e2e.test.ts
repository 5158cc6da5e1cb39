import { copyFileSync } from "node:fs";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt } from "./dbt";
import { python } from "./python";

const itWithDbt = itIf(missingDbt);
const DAY = "2025-06-30";

describe("with the var analysis_date", () => {
  const asOf = new DbtFolder();
  const ended = new DbtFolder();

  afterAll(() => {
    asOf.remove();
    ended.remove();
  });

  itWithDbt("every table and view is as if the data ended on that day, and all data tests pass", () => {
    const vars = ["--vars", `{analysis_date: ${DAY}}`];
    // The ad platforms of the sample data start after this day.
    const exclude = ["--exclude-resource-type", "unit_test", "--exclude", "platform_is_stale"];
    const build = asOf.run(["build", ...exclude, ...vars]);
    expect(build.status === 0 ? "" : build.output.slice(-5000)).toBe("");
    copyFileSync(asOf.warehouse, ended.warehouse);
    expect(python("__tests__/dbt/end_sources.py", ended.warehouse, DAY)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(ended.run(["run", "--quiet"])).toEqual({ status: 0, output: "" });

    const { status, stdout } = python("__tests__/dbt/compare_warehouses.py", asOf.warehouse, ended.warehouse);
    expect(stdout).toMatch(/^\d{2,} relations, 0 differences\n$/);
    expect(status).toBe(0);
  });
});
