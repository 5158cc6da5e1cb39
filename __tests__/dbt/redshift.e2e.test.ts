import { mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt, type Manifest } from "./dbt";
import { missingModule, python } from "./python";

const itWithSqlglot = itIf(missingDbt ?? missingModule("sqlglot"));
const folder = new DbtFolder();

afterAll(() => {
  folder.remove();
});

describe("for Redshift", () => {
  itWithSqlglot("every model and query compiles without a server, parses, and uses nothing that Redshift lacks", () => {
    const compiled = folder.run(["compile", "--target", "redshift", "--no-introspect", "--no-populate-cache"], {
      REDSHIFT_HOST: "localhost",
      REDSHIFT_USER: "nobody",
      REDSHIFT_DATABASE: "analytics",
      DBT_ENV_SECRET_REDSHIFT_PASSWORD: "unused",
    });
    expect(compiled.status === 0 ? "" : compiled.output.slice(-3000)).toBe("");
    const models = join(folder.target, "compiled", "marketing_analytics", "models");
    const { nodes } = folder.json("manifest.json") as Manifest;
    const count = Object.values(nodes).filter(({ resource_type }) => resource_type === "model").length;
    expect(
      readdirSync(models, { recursive: true }).filter((name) => /\/\w+\.sql$/.test(String(name))).length,
    ).toBeGreaterThanOrEqual(count);
    const analyses = join(folder.target, "compiled", "marketing_analytics", "analyses");
    const checked = python("__tests__/dbt/check_redshift.py", models, analyses);
    expect(checked).toMatchObject({ stdout: expect.stringMatching(/^\d+ files\n$/) as string, status: 0 });
  });

  itWithSqlglot("a construct that Redshift lacks is named", () => {
    const script =
      "from pathlib import Path; import sys; Path(sys.argv[1]).write_text(\"select string_agg(a, ',') , sum(b) over (order by c) from t\")";
    const wrong = mkdtempSync(join(folder.path, "wrong-"));
    const file = join(wrong, "wrong.sql");
    python("-c", script, file);
    const { status, stdout } = python("__tests__/dbt/check_redshift.py", wrong);
    expect(status).toBe(1);
    expect(stdout).toContain(`${file}: string_agg`);
    expect(stdout).toContain(`${file}: a window with an order and without rows`);
  });
});
