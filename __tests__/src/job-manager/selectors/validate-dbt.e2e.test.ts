import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigurationError } from "../../../../src/env-files/problem";
import { validate } from "../../../../src/job-manager/commands/validate";
import { missingDbt, ROOT } from "../../../dbt/dbt";
import { envFolder } from "../../../support/env-folder";
import { envFile, jobData } from "../../../support/env-file";
import { itIf } from "../../../support/requirement";

const itWithDbt = itIf(missingDbt);

const { PATH, HOME } = process.env;
const DEPENDENCIES = { env: { PATH, HOME }, now: new Date("2024-01-01T00:00:00Z"), colors: false };

/** A shop with a view, two tables, an incremental model, and a test of each. Prices are off unless a variable says so. */
const SHOP = {
  "dbt/dbt_project.yml": "name: shop\nprofile: shop\nmodels:\n  shop:\n    +materialized: table\n",
  "dbt/profiles.yml": "shop: { target: duckdb, outputs: { duckdb: { type: duckdb, path: ':memory:' } } }\n",
  "dbt/models/stg_orders.sql": "{{ config(tags=['staging']) }} select 1 as order_id",
  "dbt/models/orders.sql":
    "{{ config(tags=['core'], materialized='incremental') }} select * from {{ ref('stg_orders') }}",
  "dbt/models/report.sql": "{{ config(tags=['report']) }} select * from {{ ref('hidden') }}",
  "dbt/models/hidden.sql": "{{ config(materialized='ephemeral') }} select * from {{ ref('orders') }}",
  "dbt/models/prices.sql":
    "{{ config(tags=['prices'], enabled=env_var('DBT_PRICES', 'no') == 'yes') }} select 1 as price",
  "dbt/models/models.yml": `
models:
  - { name: orders, columns: [{ name: order_id, data_tests: [unique] }] }
  - { name: report, columns: [{ name: order_id, data_tests: [not_null] }] }
sources:
  - { name: raw, tables: [{ name: clicks }] }
`,
};

function job(at: string | undefined, steps: readonly string[], more: object = {}): object {
  return jobData({ schedule: at === undefined ? undefined : { at: [at] }, execute_steps: steps, ...more });
}

function shop(jobs: Readonly<Record<string, object>>, more: object = {}): string {
  const folder = envFolder({ ...SHOP, "environments/prod.yaml": envFile({ jobs, ...more }) });
  symlinkSync(join(ROOT, ".venv"), join(folder, ".venv"));
  return folder;
}

/** The places and reasons of problems or warnings. */
function placesIn(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => /^\S+yaml:\d+:\d+ {2}/.test(line))
    .map((line) => line.replace(/^\S+yaml:\d+:\d+ {2}/, ""));
}

function warningsOf(folder: string, program?: string): string[] {
  const files = [join(folder, "environments")];
  return placesIn(validate({ files, dbt: { project: folder, program } }, DEPENDENCIES).text);
}

describe("validate --dbt", () => {
  itWithDbt("reports steps that select nothing, with their places", () => {
    const folder = shop({
      attribution: job("05:00", ["dbt build", "dbt build --select tag:stagin", "dbt test --select tag:staging"]),
      other: job("06:00", ["dbt source freshness", "dbt run --select bad:x"]),
      prices: job("07:00", ["dbt run --select tag:prices"], { environment_variables: { DBT_PRICES: "yes" } }),
    });
    let error: unknown;
    try {
      validate({ files: [join(folder, "environments")], dbt: { project: folder } }, DEPENDENCIES);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigurationError);
    const { problems, message } = error as ConfigurationError;
    expect(placesIn(message)).toEqual([
      "jobs.attribution.execute_steps[1]: no object of the dbt project has this tag",
      "jobs.attribution.execute_steps[2]: the step selects nothing that `dbt test` works on",
      "jobs.other.execute_steps[0]: the step selects nothing that `dbt source freshness` works on",
      "jobs.other.execute_steps[1]: dbt refuses the selection: Runtime Error 'bad' is not a valid method name",
    ]);
    expect(problems[0]).toMatchObject({
      line: expect.any(Number) as number,
      got: '"tag:stagin"',
      allowed: "core, report, staging",
      fix: "did you mean `tag:staging`?",
    });
  });

  itWithDbt("warns of models and tests in no job, overlaps, full refreshes, and reads that no job waits for", () => {
    const folder = shop({
      nightly: job("05:00", ["dbt run --select tag:core --full-refresh"], { timeout_seconds: 7200 }),
      again: job("06:00", ["dbt run --select tag:core"]),
      report: job("09:00", ["dbt build --select tag:report"]),
    });
    const clean = envFile({
      name: "staging",
      git_branch: "main",
      environment: { id: 202 },
      jobs: {
        staging: job("04:00", ["dbt build --select tag:staging"]),
        core: job("05:00", ["dbt build --select tag:core"], { expects: ["staging"] }),
        report: job("06:00", ["dbt build --select tag:report"], { expects: ["core"] }),
        tests: job("07:00", ["dbt test"], { expects: ["report"] }),
        "by-hand": job(undefined, ["dbt test"]),
      },
    });
    writeFileSync(join(folder, "environments/staging.yaml"), clean);
    const files = [join(folder, "environments")];
    const { text, exitCode } = validate({ files, dbt: { project: folder }, exitCode: true }, DEPENDENCIES);
    expect(placesIn(text)).toEqual([
      "jobs: no job of production builds stg_orders",
      "jobs: no job of production runs the test unique_orders_order_id",
      "jobs.nightly.execute_steps[0]: every run of this job in production builds orders again from all data",
      "jobs.again.schedule: `nightly` and `again` can run at the same time and both build orders",
      "jobs.report: it reads orders, and does not expect `nightly`, which builds it",
    ]);
    expect(exitCode).toBe(2);
    expect(text).toContain("staging: 5 jobs, applied by terraform, builds 3 models");
    expect(text).toMatch(/no problems; dbt resolved 8 steps in \d+\.\d s$/);
  });

  itWithDbt("resolves the 20 jobs of the team", () => {
    const files = [join(ROOT, "environments")];
    const { text } = validate({ files, dbt: { project: ROOT } }, { ...DEPENDENCIES, env: process.env });
    expect(text).toContain("20 jobs in 3 environments: no problems");
    // docs/env-files.md says why these stay.
    expect(placesIn(text).map((line) => line.replace(/(models|tests:|builds|runs) .*/, "$1"))).toEqual([
      "jobs: no job of production runs",
      "jobs: no job of staging builds",
      "jobs: no job of staging runs",
    ]);
  });
});

describe("another dbt", () => {
  /** A dbt that logs, lists one model, and writes the manifest of a shop. */
  const OTHER = `#!${process.execPath}
const { mkdirSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
const target = args[args.indexOf("--target-path") + 1];
mkdirSync(target, { recursive: true });
const node = { unique_id: "model.shop.orders", name: "orders", resource_type: "model", tags: ["core"] };
writeFileSync(target + "/manifest.json", JSON.stringify({ nodes: { [node.unique_id]: node }, sources: {} }));
console.log("12:00:00  Running with dbt=2.0");
if (args.includes("tag:core")) console.log('{"unique_id": "model.shop.orders"}');
else console.log("The selection criterion 'tag:cor' does not match any enabled nodes");
`;

  function program(): string {
    const file = join(envFolder({ dbt: OTHER }), "dbt");
    chmodSync(file, 0o755);
    return file;
  }

  it("answers each step with `dbt list`", () => {
    const folder = shop({ core: job("05:00", ["dbt build --select tag:core"]) });
    expect(warningsOf(folder, program())).toEqual([]);
    const wrong = shop({ core: job("05:00", ["dbt build --select tag:cor"]) });
    expect(() => warningsOf(wrong, program())).toThrow("did you mean `tag:core`?");
  });

  it("is named when it does not start", () => {
    const folder = shop({ core: job("05:00", ["dbt build"]) });
    expect(() => warningsOf(folder, "/no/dbt")).toThrow("/no/dbt does not start");
  });
});
