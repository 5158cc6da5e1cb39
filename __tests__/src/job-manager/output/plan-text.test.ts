import type { Override } from "../../../../src/dbt-cloud/environment-variables";
import type { PlannedJob } from "../../../../src/job-manager/branch-jobs/plan";
import { planJson } from "../../../../src/job-manager/output/plan-json";
import { differenceText, planText, totalsOf } from "../../../../src/job-manager/output/plan-text";
import { branch, mark, record, sharedEnvironment, wantedOf } from "../../../support/branch-records";

const [attribution, ltv] = wantedOf(
  sharedEnvironment({
    attribution: { schedule: { at: ["05:00"] }, execute_steps: ["dbt build", "dbt test"] },
    ltv: {},
  }),
);
const before: Override = { id: 1, value: "30" };

const PLAN: readonly PlannedJob[] = [
  { action: "create", wanted: attribution!, overrides: [{ name: "DBT_SCHEMA", after: "s" }] },
  {
    action: "update",
    wanted: ltv!,
    record: record({ id: 7, mark: mark({ key: "ltv" }) }),
    differences: [
      { field: "execute_steps[0]", before: "dbt build", after: "dbt run" },
      { field: "threads", before: 4, after: 8 },
    ],
    overrides: [
      { name: "DBT_A", after: "x" },
      { name: "DBT_B", before, after: "31" },
      { name: "DBT_C", before },
    ],
    changedByHand: true,
  },
  { action: "unchanged", wanted: ltv!, record: record({ id: 8 }) },
  { action: "delete", key: "gone", record: record({ id: 9, mark: mark({ key: "gone" }) }) },
];

describe("a plan for people", () => {
  it("shows the target, each changed field, and the totals", () => {
    expect(planText(PLAN, branch(), false)).toBe(
      [
        "marketing-team, branch feature/x of jennifer · environment 999 of project 102 · schema marketing_feature_x_jennifer",
        "  + attribution  At 05:00, 2 steps",
        "  ~ ltv  job 7  changed in dbt Cloud after the last deploy",
        "      execute_steps[0]: dbt build → dbt run",
        "      threads: 4 → 8",
        "      environment_variables.DBT_A: (none) → x",
        "      environment_variables.DBT_B: 30 → 31",
        "      environment_variables.DBT_C: 30 → (none)",
        "  - gone  job 9",
        "Plan: 1 to create, 1 to update, 1 to delete, 1 unchanged.",
      ].join("\n"),
    );
  });

  it("has colors on request", () => {
    const lines = planText(PLAN, branch(), true).split("\n");
    expect(lines[1]).toContain("\u001b[32m+ attribution\u001b[39m");
    expect(lines[2]).toContain("\u001b[33m~ ltv\u001b[39m");
    expect(lines.at(-2)).toContain("\u001b[31m- gone\u001b[39m");
  });

  it("without changes has its totals", () => {
    expect(planText([], branch(), false).split("\n")[1]).toBe(
      "Plan: 0 to create, 0 to update, 0 to delete, 0 unchanged.",
    );
    expect(totalsOf(PLAN)).toEqual({ create: 1, update: 1, delete: 1, unchanged: 1 });
  });
});

describe("a difference as text", () => {
  it.each([
    ["a", "b", "f: a → b"],
    [null, undefined, "f: (none) → (none)"],
    [true, false, "f: true → false"],
    ["a\nb", ["x"], 'f: "a\\nb" → ["x"]'],
    ["", 0, "f:  → 0"],
  ])("from %p to %p is %p", (from, to, words) => {
    expect(differenceText({ field: "f", before: from, after: to })).toBe(words);
  });
});

describe("a plan for programs", () => {
  it("has the same content, with null for missing values", () => {
    expect(planJson(PLAN, branch())).toEqual({
      team: "marketing-team",
      project: 102,
      environment: 999,
      ref: "feature/x",
      user: "jennifer",
      schema: "marketing_feature_x_jennifer",
      jobs: [
        {
          action: "create",
          key: "attribution",
          id: null,
          name: "marketing-team-feature-x-jennifer-attribution",
          changes: [],
        },
        {
          action: "update",
          key: "ltv",
          id: 7,
          name: "marketing-team-feature-x-jennifer-ltv",
          changes: [
            { field: "execute_steps[0]", before: "dbt build", after: "dbt run" },
            { field: "threads", before: 4, after: 8 },
            { field: "environment_variables.DBT_A", before: null, after: "x" },
            { field: "environment_variables.DBT_B", before: "30", after: "31" },
            { field: "environment_variables.DBT_C", before: "30", after: null },
          ],
        },
        {
          action: "unchanged",
          key: "ltv",
          id: 8,
          name: "marketing-team-feature-x-jennifer-ltv",
          changes: [],
        },
        { action: "delete", key: "gone", id: 9, name: "marketing-team-feature-x-jennifer-gone", changes: [] },
      ],
    });
  });
});
