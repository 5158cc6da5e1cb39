import { join } from "node:path";
import type { EnvironmentDefinition } from "../../../src/env-files/definition";
import { loadEnvironments } from "../../../src/env-files/load";
import { terraformJobName } from "../../../src/jobs/names";
import type { JobDefinition } from "../../../src/jobs/definition";

/** The content of an env file of the team, and of each job: times, expected jobs, category and steps. */
interface Expected {
  readonly file: string;
  readonly about: Partial<EnvironmentDefinition>;
  readonly jobs: Readonly<
    Record<string, readonly [string, readonly string[], JobDefinition["category"], readonly string[]]>
  >;
}

const FRESHNESS = "dbt source freshness --select source:dbt_production";

const EXPECTED: readonly Expected[] = [
  {
    file: "dev.yaml",
    about: { name: "development", applied_by: "api", environment: { id: 999 } },
    jobs: {
      "ad-platform-sync": [
        "06:00 12:00 18:00",
        [],
        "campaign",
        [
          "dbt source freshness --select tag:ad_platforms",
          "dbt build --select tag:ad_platforms --exclude-resource-type unit_test",
        ],
      ],
      "attribution-daily-refresh": [
        "08:00",
        [],
        "attribution",
        [FRESHNESS, "dbt build --select tag:staging tag:core tag:attribution --exclude-resource-type unit_test"],
      ],
      "attribution-validation": ["on demand", [], "validation", ["dbt test --select tag:attribution"]],
      "campaign-performance": [
        "09:00",
        ["attribution-daily-refresh"],
        "campaign",
        ["dbt build --select tag:campaigns --exclude-resource-type unit_test"],
      ],
      "customer-acquisition-funnel": [
        "10:00",
        ["attribution-daily-refresh"],
        "customer",
        ["dbt build --select tag:funnel --exclude-resource-type unit_test"],
      ],
      "email-marketing-metrics": [
        "11:00",
        [],
        "marketing_automation",
        ["dbt build --select tag:email --exclude-resource-type unit_test"],
      ],
      "automation-flows": [
        "11:30",
        [],
        "marketing_automation",
        ["dbt build --select tag:automation --exclude-resource-type unit_test"],
      ],
      "customer-ltv-modeling": [
        "12:00",
        ["attribution-daily-refresh"],
        "customer",
        ["dbt build --select tag:segmentation tag:products tag:cohorts tag:ltv --exclude-resource-type unit_test"],
      ],
      "marketing-executive-dashboard": [
        "13:00",
        ["customer-ltv-modeling"],
        "executive_reporting",
        ["dbt build --select tag:executive --exclude-resource-type unit_test"],
      ],
    },
  },
  {
    file: "prod.yaml",
    about: { name: "production", applied_by: "terraform", git_branch: "production", environment: { id: 302 } },
    jobs: {
      attribution: ["05:00", [], "attribution", [FRESHNESS, "dbt build --select tag:staging tag:core tag:attribution"]],
      "campaign-performance": [
        "06:00",
        ["attribution"],
        "campaign",
        ["dbt build --select tag:ad_platforms tag:campaigns tag:email tag:automation"],
      ],
      "customer-ltv": [
        "07:00",
        ["campaign-performance"],
        "customer",
        ["dbt build --select tag:segmentation tag:products tag:cohorts tag:funnel tag:ltv"],
      ],
      "executive-dashboard": [
        "08:00",
        ["customer-ltv"],
        "executive_reporting",
        [
          "dbt test --select 1+tag:executive,test_name:recency_freshness --exclude tag:executive",
          "dbt build --select tag:executive",
        ],
      ],
      "critical-tests": [
        "09:00 21:00",
        ["executive-dashboard"],
        "validation",
        ["dbt source freshness", "dbt build --select tag:monitoring", "dbt test --select tag:critical"],
      ],
    },
  },
  {
    file: "staging.yaml",
    about: { name: "staging", applied_by: "terraform", git_branch: "main", environment: { id: 202 } },
    jobs: {
      "ad-platform-integration": ["07:00", [], "campaign", ["dbt build --select tag:ad_platforms"]],
      "attribution-validation": [
        "08:00",
        [],
        "validation",
        ["dbt build --select tag:staging tag:core tag:attribution"],
      ],
      "campaign-validation": [
        "09:00",
        ["ad-platform-integration", "attribution-validation"],
        "validation",
        ["dbt build --select tag:campaigns tag:email tag:automation"],
      ],
      "customer-ltv-validation": [
        "09:30",
        ["campaign-validation"],
        "validation",
        ["dbt build --select tag:segmentation tag:products tag:cohorts tag:funnel tag:ltv"],
      ],
      "business-logic-validation": [
        "10:00",
        ["customer-ltv-validation"],
        "validation",
        ["dbt test --select tag:business_logic"],
      ],
      "integration-tests": [
        "11:00",
        ["customer-ltv-validation"],
        "validation",
        ["dbt build --select tag:executive", "dbt test --select tag:integration"],
      ],
    },
  },
];

const environments = loadEnvironments([join(__dirname, "../../../environments")], {});

it("the team has three environments with 20 jobs", () => {
  expect(environments.map(({ name, jobs }) => [name, Object.keys(jobs).length])).toEqual([
    ["development", 9],
    ["production", 5],
    ["staging", 6],
  ]);
});

describe.each(EXPECTED.map((expected, i) => ({ ...expected, environment: environments[i]! })))(
  "$file",
  ({ about, jobs, environment }) => {
    it("is the team's, in project 102", () => {
      expect(environment).toMatchObject({ ...about, team: "marketing-team", project: { id: 102 } });
    });

    it("has exactly these jobs, times, expectations, categories and steps", () => {
      const found = Object.entries(environment.jobs).map(([key, job]) => [
        key,
        [timesOf(job), job.expects, job.category, job.execute_steps],
      ]);
      expect(Object.fromEntries(found)).toEqual(jobs);
    });

    it("starts all jobs by schedule, and no job is paused", () => {
      for (const job of Object.values(environment.jobs)) {
        expect([job.run_after, Object.values(job.triggers), job.paused]).toEqual([
          undefined,
          [false, false, false],
          false,
        ]);
      }
    });

    it("skips no models to save cost", () => {
      expect(Object.values(environment.jobs).flatMap((job) => job.cost_optimization_features)).toEqual([]);
    });
  },
);

it("the names of Terraform's jobs are team, key and environment", () => {
  const names = environments
    .filter(({ applied_by }) => applied_by === "terraform")
    .flatMap(({ name, team, jobs }) =>
      Object.keys(jobs).map((key) => terraformJobName({ team, key, environment: name })),
    );
  expect(names).toHaveLength(11);
  expect(names[0]).toBe("marketing-team-attribution-production");
  expect(names.at(-1)).toBe("marketing-team-integration-tests-staging");
});

function timesOf({ schedule }: JobDefinition): string {
  if (!schedule) return "on demand";
  return "at" in schedule && !schedule.days ? schedule.at.join(" ") : JSON.stringify(schedule);
}
