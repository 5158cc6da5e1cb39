import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { shippedEnvironments } from "../support/synthesis";
import { itIf } from "../support/requirement";
import { missingModule } from "./python";
import { DbtFolder, missingDbt, PROJECT, ROOT, type DbtRun, type Manifest, type ManifestNode } from "./dbt";
import { brokenRules, type Exceptions, type RuledManifest } from "./project-rules";

const itWithDbt = itIf(missingDbt);
const folder = new DbtFolder();
let manifest: Manifest;
let parsed: DbtRun;

beforeAll(() => {
  if (missingDbt !== undefined) return;
  parsed = folder.run(["parse", "--no-partial-parse", "--show-all-deprecations"]);
  expect(parsed).toMatchObject({ status: 0 });
  manifest = folder.json("manifest.json") as Manifest;
});
afterAll(() => {
  folder.remove();
});

const ofType = (type: string): ManifestNode[] =>
  Object.values(manifest.nodes).filter(({ resource_type }) => resource_type === type);
const named = (name: string): ManifestNode => ofType("model").find((model) => model.name === name)!;

/** The words by which jobs build models; the other tags that jobs select mark tests. */
const TEST_TAGS = ["critical", "business_logic", "integration"];
const MARKERS = ["near_real_time"];

function buildTags(): Set<string> {
  const steps = shippedEnvironments().flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.execute_steps));
  const tags = steps.flatMap((step) => [...step.matchAll(/\btag:(\w+)/g)].map(([, tag]) => tag!));
  return new Set(tags.filter((tag) => !TEST_TAGS.includes(tag)));
}

describe("every model", () => {
  itWithDbt("has exactly one build tag, one that a job builds", () => {
    const tags = buildTags();
    const wrong = [...ofType("model"), ...ofType("seed")]
      .map(({ name, tags: own }) => ({ name, tags: [...new Set(own)].filter((tag) => !MARKERS.includes(tag)) }))
      .filter((model) => model.tags.length !== 1 || !tags.has(model.tags[0]!));
    expect(wrong).toEqual([]);
  });

  itWithDbt("has its own yml file, which states the grain first and describes every column", () => {
    const faults = ofType("model").flatMap(({ name, original_file_path, patch_path, description, columns }) => {
      const beside = join(dirname(original_file_path), `${name}.yml`);
      const undescribed = Object.values(columns).filter((column) => column.description.trim() === "");
      return [
        ...(patch_path?.split("://")[1] === beside ? [] : [`${name}: ${patch_path ?? "no yml"}`]),
        ...(/^Grain: /.test(description) ? [] : [`${name}: the description does not begin with its grain`]),
        ...(Object.keys(columns).length > 0 ? [] : [`${name}: no columns`]),
        ...undescribed.map((column) => `${name}.${column.name}: no description`),
      ];
    });
    expect(faults).toEqual([]);
  });

  itWithDbt("has at most 100 lines and selects the columns of a source by name", () => {
    const faults = ofType("model").flatMap(({ name, original_file_path, raw_code }) => [
      ...(readFileSync(join(PROJECT, original_file_path), "utf8").split("\n").length > 101
        ? [`${name}: too long`]
        : []),
      ...(/select\s+\*\s+from\s+\{\{\s*source\(/i.test(raw_code) ? [`${name}: select * from a source`] : []),
    ]);
    expect(faults).toEqual([]);
  });

  itWithDbt("sets no database and reads no clock", () => {
    const faults = ofType("model")
      .filter(({ raw_code }) => /\bdatabase\s*=|current_(?:date|timestamp)|\bnow\(\)|getdate\(/i.test(raw_code))
      .map(({ name }) => name);
    expect(faults).toEqual([]);
  });

  itWithDbt(
    "that is near real time stands in docs/near-real-time.md, and is a microbatch model with batches by its event_time",
    () => {
      const page = readFileSync(join(ROOT, "docs", "near-real-time.md"), "utf8");
      const documented = [...page.matchAll(/^\| `(\w+)` +\| `(\w+)` +\|/gm)].map(([, name, time]) => [name, time]);
      const marked = ofType("model").filter(({ tags }) => tags.includes("near_real_time"));
      expect(marked.map(({ name, config }) => [name, config.event_time]).sort()).toEqual(documented.sort());
      for (const { raw_code } of marked)
        expect(raw_code).toContain("incremental_strategy='microbatch' if setting('incremental')");
    },
  );

  itWithDbt("has its file in the folder of its layer, with its own name", () => {
    for (const { name, path } of ofType("model")) expect(basename(path, ".sql")).toBe(name);
  });
});

/** Nodes that may break a rule of the project, each with the reason. */
const EXCEPTIONS: Exceptions = {
  "a staging model reads one source": {
    stg_customer_activity: "the documentation of the warehouse promises this view of three tables under this name",
  },
  "a staging model reads no model": {
    stg_customer_activity: "the documentation of the warehouse promises this view of three tables under this name",
  },
  "a source is read": {
    dbt_invocations: "hooks of this project write it; the dashboard reads it",
    dbt_model_builds: "hooks of this project write it; people read it",
  },
  "a model has few parents": {
    int_kpi_values: "each part of the business has a model of its measures, and this one puts them side by side",
  },
  "a model has few children that end there": {
    fct_ad_performance: "the age of platforms, missing days and single ads are three questions with a table each",
    stg_orders: "the macro analysis_date reads the last order date from it in every model that looks back",
  },
  "a model does not read again what its parent, which no other model reads, has read": {
    ltv_model_performance: "it records the run date beside the backtests, and the origins depend on it",
    automation_flows: "it counts passages, and the goals that int_automation_goals finds in the same passages",
    int_touches: "it needs the ids of visitors, which the table touchpoints does not keep",
    int_kpi_advertising: "it needs the orders of all channels beside the credits of campaigns",
    int_kpi_values:
      "the list of complete months gives its rows, and the models of KPIs are measured by the same months",
    int_product_classification: "the measures of a product stay beside its class",
    segment_migration: "it leaves out the changes after the as-of date, which is the last order date by default",
  },
  "views are not chained": {
    int_kpi_values: "the tables executive_kpis and executive_summary read it once a day",
  },
  "a model has a test of its key": {
    int_campaign_measures: "it lists the rows of four models, which have different keys",
    int_kpi_sales: "the month is unique, and missing for orders without a date",
    stg_mailchimp_activity: "exports overlap; email_events keeps one copy and tests the key",
    stg_sendgrid_events: "calls are repeated; email_events keeps one copy and tests the key",
  },
  "an exposure reads marts": {
    marketing_dashboard: "the dashboard shows when dbt last ran, from dbt_invocations",
  },
};

describe("the project", () => {
  itWithDbt("follows the rules of dbt_project_evaluator, or has an exception with a reason", () => {
    expect(brokenRules(manifest as unknown as RuledManifest, EXCEPTIONS)).toEqual([]);
  });

  itWithDbt("uses no deprecated feature of dbt", () => {
    expect(parsed.output).not.toMatch(/deprecat/i);
  });

  it("has no Jinja in vars, no compiled code in hooks and no output for other programs, which dbt v2 does not support", () => {
    const project = readFileSync(join(PROJECT, "dbt_project.yml"), "utf8");
    expect(/^vars:\n([^]*?)^\w/m.exec(project)![1]).not.toContain("{{");
    const macros = readdirSync(join(PROJECT, "macros")).map((name) =>
      readFileSync(join(PROJECT, "macros", name), "utf8"),
    );
    expect(macros.filter((macro) => /compiled_code|\bprint\(/.test(macro))).toEqual([]);
  });
});

describe("a setting with an environment variable", () => {
  itWithDbt("uses --vars first, then the environment variable, then the default, which is valid", () => {
    const [fromVariables, fromVars] = folder.runAll([["parse"], ["parse", "--vars", "{attribution_window_days: -8}"]], {
      DBT_ATTRIBUTION_WINDOW_DAYS: "-7",
      DBT_TIME_DECAY_HALF_LIFE_DAYS: "-6",
      DBT_POSITION_FIRST_WEIGHT: "-5",
      DBT_POSITION_LAST_WEIGHT: "-4",
      DBT_LTV_BIAS_WARN_RATE: "-3",
      DBT_LTV_BIAS_ERROR_RATE: "-2",
      DBT_DRIFT_WARN_SCORE: "-1",
      DBT_DRIFT_ERROR_SCORE: "-9",
      DBT_DRIFT_MIN_POINTS: "-10",
      DBT_MICROBATCH_SIZE: "century",
    });
    const refused = fromVariables!.output.matchAll(/^\s*- (\w+): got (\S+);/gm);
    expect(Object.fromEntries([...refused].map(([, name, value]) => [name, value]))).toEqual({
      attribution_window_days: "-7",
      time_decay_half_life_days: "-6",
      position_first_weight: "-5",
      position_last_weight: "-4",
      ltv_bias_warn_rate: "-3",
      ltv_bias_error_rate: "-2",
      drift_warn_score: "-1",
      drift_error_score: "-9",
      drift_min_points: "-10",
      microbatch_size: '"century"',
    });
    expect(fromVars!.output).toContain("attribution_window_days: got -8");
    expect(parsed.status).toBe(0);
  });
});

describe("the style of all SQL", () => {
  itIf(missingModule("sqlfluff"))("is what sqlfluff wants", () => {
    const { status, stdout } = spawnSync(
      join(ROOT, ".venv", "bin", "sqlfluff"),
      ["lint", "models", "tests", "analyses"],
      {
        cwd: PROJECT,
        encoding: "utf8",
      },
    );
    expect(status === 0 ? "" : stdout.slice(-3000)).toBe("");
  });
});

describe("tests", () => {
  const onModels = (folders: RegExp): number =>
    ofType("test").filter(({ depends_on }) =>
      depends_on.nodes.some((id) => id.startsWith("model.") && folders.test(manifest.nodes[id]!.original_file_path)),
    ).length;

  itWithDbt("are at least 15 on sources, 25 on staging and 50 on other models", () => {
    const onSources = ofType("test").filter(({ depends_on }) =>
      depends_on.nodes.every((id) => id.startsWith("source.")),
    );
    expect(onSources.length).toBeGreaterThanOrEqual(15);
    expect(onModels(/^models\/staging\//)).toBeGreaterThanOrEqual(25);
    expect(onModels(/^models\/(?!staging\/)/)).toBeGreaterThanOrEqual(50);
    expect(Object.keys(manifest.unit_tests).length).toBeGreaterThanOrEqual(20);
  });

  itWithDbt.each(TEST_TAGS)("with the tag %s are there for the job that runs them", (tag) => {
    expect(ofType("test").filter(({ tags }) => tags.includes(tag)).length).toBeGreaterThan(0);
  });

  itWithDbt("of business rules do not read the executive models, which are built later", () => {
    const late = (id: string): boolean => manifest.nodes[id]?.tags.includes("executive") ?? false;
    const wrong = ofType("test").filter(
      ({ tags, depends_on }) => tags.includes("business_logic") && depends_on.nodes.some(late),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  itWithDbt.each([
    ["orders_duplicate_key", "customers_duplicate_key", "payments_duplicate_key"],
    ["orders_missing_product", "orders_missing_date", "orders_missing_status"],
    ["orders_orphan", "payments_orphan"],
  ])("find the faults of the sources: %s …", (...names) => {
    expect(ofType("test").map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });
});

/** The documentation's key metrics, and where each is. */
const METRICS: readonly (readonly [metric: string, model: string, column: string])[] = [
  ["Customer Lifetime Value", "customers", "customer_lifetime_value"],
  ["Average Order Value", "customers", "average_order_value"],
  ["Purchase Frequency", "customers", "orders_per_month"],
  ["Order frequency", "customers", "number_of_orders"],
  ["First order date", "customers", "first_order"],
  ["Last order date", "customers", "most_recent_order"],
  ["Retention Rate", "customer_cohorts", "retention_rate"],
  ["Churn Risk Score", "customer_segmentation", "churn_risk"],
  ["Recency", "customer_segmentation", "recency_score"],
  ["Frequency", "customer_segmentation", "frequency_score"],
  ["Monetary", "customer_segmentation", "monetary_score"],
  ["Marketing Actions", "customer_segmentation", "marketing_action"],
  ["Market Penetration", "product_performance", "market_penetration"],
  ["Return Rate", "product_performance", "return_rate"],
  ["Revenue Concentration", "product_performance", "abc_category"],
  ["Product status", "product_performance", "product_status"],
  ["Sales volume", "product_performance", "total_orders"],
  ["Customer acquisition per product", "product_performance", "new_customers"],
  ["Promotional Dependency of a product", "product_performance", "promotional_dependency"],
  ["Cross-sell", "product_affinity", "lift"],
  ["Revenue per cohort", "customer_cohorts", "cohort_revenue"],
  ["Cohort quality", "customer_cohorts", "cohort_quality"],
  ["LTV progression", "customer_cohorts", "ltv_per_customer"],
  ["Top products by cohort", "customer_cohorts", "top_product"],
  ["Retention Stages", "customer_cohorts", "retention_stage"],
  ["Channel Efficiency Score", "marketing_attribution", "channel_efficiency_score"],
  ["Attribution Value", "marketing_attribution", "total_revenue"],
  ["Promotional Dependency of a channel", "marketing_attribution", "promotional_dependency"],
  ["First-touch attribution", "marketing_attribution", "first_touch_revenue"],
  ["Last-touch attribution", "marketing_attribution", "last_touch_revenue"],
  ["Conversion rates", "marketing_attribution", "conversion_rate"],
  ["Customer acquisition cost proxy", "marketing_attribution", "estimated_cac"],
  ["Channel ROI estimation", "marketing_attribution", "estimated_roi"],
];

describe("the documentation's metric", () => {
  itWithDbt.each(METRICS)("%s is %s.%s", (_metric, model, column) => {
    expect(Object.keys(named(model).columns)).toContain(column);
  });
});

describe("people", () => {
  const GROUPS = ["Customer Success", "Executive Team", "Marketing Team", "Product Team"];

  itWithDbt("of each of the four groups own an exposure with its models", () => {
    const exposures = Object.values(manifest.exposures);
    expect(exposures.map(({ owner }) => owner!.name)).toEqual(expect.arrayContaining(GROUPS));
    for (const { name, depends_on } of exposures) expect([name, depends_on.nodes.length]).not.toEqual([name, 0]);
  });

  itWithDbt("have an exposure for every table that no other model reads", () => {
    const read = [...ofType("model"), ...Object.values(manifest.exposures)].flatMap(
      ({ depends_on }) => depends_on.nodes,
    );
    const unread = ofType("model").filter(
      ({ unique_id, config }) => config.materialized !== "view" && !read.includes(unique_id),
    );
    expect(unread.map(({ name }) => name)).toEqual([]);
  });

  itWithDbt("are in no table that docs/privacy.md does not list", () => {
    const page = readFileSync(join(ROOT, "docs", "privacy.md"), "utf8");
    const keys = ["customer_id", "customer_key", "recipient_id", "enrolment_id", "anonymous_id"];
    const tables = ofType("model").filter(
      ({ config, columns }) => config.materialized !== "view" && keys.some((key) => key in columns),
    );
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(["customers", "int_ltv_scores"]));
    expect(tables.filter(({ name }) => !page.includes(`\`${name}\``)).map(({ name }) => name)).toEqual([]);
  });

  itWithDbt("have their names in staging and in customers only", () => {
    const personal = [...ofType("model"), ...Object.values(manifest.sources)].filter(({ columns }) =>
      Object.values(columns).some(({ config }) => config?.meta?.pii),
    );
    const models = personal.filter(({ resource_type }) => resource_type === "model");
    expect(models.map(({ name }) => name)).toEqual(expect.arrayContaining(["customers", "stg_customers"]));
    for (const { name, path } of models)
      expect([name, name === "customers" || path.startsWith("staging/")]).toEqual([name, true]);
  });
});

describe("wrong vars are refused while dbt parses", () => {
  const refusal = (vars: Readonly<Record<string, unknown>>): readonly string[] => {
    const { status, output } = folder.run(["parse", "--vars", JSON.stringify(vars)]);
    expect(status).not.toBe(0);
    const lines = output.split("\n").map((line) => line.trim());
    return lines.filter((line) => /^(?:- .+: got|fix: change it in dbt_project\.yml)/.test(line));
  };
  const fix = expect.stringMatching(/^fix: /) as string;

  itWithDbt("together, each with its value and what is allowed, and with the fix", () => {
    const numbers = { attribution_window_days: 4000, abc_a_threshold: 2 };
    expect(refusal({ ...numbers, attribution_window_day: 7, analysis_date: "2025-02-30" })).toEqual([
      "- attribution_window_days: got 4000; allowed: a whole number from 0 to 3650",
      "- abc_a_threshold: got 2; allowed: a number above 0 and at most 1",
      "- attribution_window_day: got a name that no var has; allowed: attribution_window_days",
      expect.stringMatching(/^- analysis_date: got 2025-02-30; allowed: /),
      fix,
    ]);
  });

  itWithDbt("when each is valid, but not with the others", () => {
    const weights = { position_first_weight: 0.7, position_last_weight: 0.7 };
    expect(refusal(weights)).toEqual([
      expect.stringMatching(/^- position_first_weight \+ position_last_weight: got 1\.4; allowed: /),
      fix,
    ]);
  });
});
