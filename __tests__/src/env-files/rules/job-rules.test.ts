import type { Finding } from "../../../../src/env-files/finding";
import { jobRules } from "../../../../src/env-files/rules/job-rules";
import { fileData, jobData, type Overrides } from "../../../support/env-file";
import { findingsOf } from "../../../support/rule-findings";

/** A rule's name, jobs that it accepts, and jobs that it refuses with their findings. */
interface RuleCase {
  readonly name: string;
  readonly good: readonly Overrides[];
  readonly bad: readonly (readonly [Overrides, ...Expected[]])[];
}

type Expected = Omit<Finding, "path"> & { readonly path: string };

const CI = { triggers: { git_provider_webhook: true } };
const MERGE = { triggers: { on_merge: true } };
const DAILY = { schedule: { at: ["05:00"] } };

const CASES: readonly RuleCase[] = [
  {
    name: "a schedule or another job starts it, not both",
    good: [{}, DAILY, { run_after: { job: "other" } }],
    bad: [
      [
        { ...DAILY, run_after: { job: "other" } },
        {
          path: "run_after",
          at: "key",
          reason: "a job with `schedule` cannot have `run_after` as well",
          allowed: "`schedule`, `run_after` or neither",
          fix: "remove one of the two; for an order without a trigger, keep `schedule` and write `expects`",
        },
      ],
    ],
  },
  {
    name: "git events and the clock do not mix",
    good: [{}, DAILY, CI, MERGE, { triggers: {}, ...DAILY }],
    bad: [
      [
        { ...CI, ...DAILY },
        {
          path: "schedule",
          at: "key",
          reason: "a CI or merge job cannot have `schedule`",
          allowed: "`triggers` alone for a job that git events start",
          fix: "remove `schedule`, or make a second job for it",
        },
      ],
      [
        { triggers: { github_webhook: true }, schedule: { cron: "0 5 * * *" }, run_after: { job: "other" } },
        {
          path: "schedule",
          at: "key",
          reason: "a CI or merge job cannot have `schedule`",
          allowed: "`triggers` alone for a job that git events start",
          fix: "remove `schedule`, or make a second job for it",
        },
        {
          path: "run_after",
          at: "key",
          reason: "a CI or merge job cannot have `run_after`",
          allowed: "`triggers` alone for a job that git events start",
          fix: "remove `run_after`, or make a second job for it",
        },
      ],
      [
        { ...MERGE, ...DAILY, paused: true },
        {
          path: "schedule",
          at: "key",
          reason: "a CI or merge job cannot have `schedule`",
          allowed: "`triggers` alone for a job that git events start",
          fix: "remove `schedule`, or make a second job for it",
        },
      ],
    ],
  },
  {
    name: "on_merge is alone",
    good: [MERGE, CI, { triggers: { github_webhook: true, git_provider_webhook: true } }],
    bad: [
      [
        { triggers: { on_merge: true, github_webhook: true } },
        {
          path: "triggers.on_merge",
          got: true,
          reason: "`on_merge` cannot be combined with another trigger",
          allowed: "`on_merge` alone, or webhooks without it",
          fix: "make one job for merges and one for requests",
        },
      ],
      [
        { triggers: { on_merge: true, git_provider_webhook: true } },
        {
          path: "triggers.on_merge",
          got: true,
          reason: "`on_merge` cannot be combined with another trigger",
          allowed: "`on_merge` alone, or webhooks without it",
          fix: "make one job for merges and one for requests",
        },
      ],
    ],
  },
  {
    name: "only a schedule can be paused",
    good: [{}, { ...DAILY, paused: true }, { paused: false }],
    bad: [
      [
        { paused: true },
        {
          path: "paused",
          got: true,
          reason: "there is no `schedule` to pause",
          allowed: "`paused` on a job with `schedule`",
          fix: "remove `paused`",
        },
      ],
    ],
  },
  {
    name: "drafts, lint and comparison are for CI jobs",
    good: [{}, { ...CI, triggers_on_draft_pr: true, run_lint: true, run_compare_changes: true }],
    bad: [
      [
        { triggers_on_draft_pr: true, run_lint: true },
        {
          path: "triggers_on_draft_pr",
          got: true,
          reason: "`triggers_on_draft_pr` needs a CI job",
          allowed: "`triggers_on_draft_pr` with github_webhook or git_provider_webhook",
          fix: "remove `triggers_on_draft_pr`, or add the webhook under `triggers`",
        },
        {
          path: "run_lint",
          got: true,
          reason: "`run_lint` needs a CI job",
          allowed: "`run_lint` with github_webhook or git_provider_webhook",
          fix: "remove `run_lint`, or add the webhook under `triggers`",
        },
      ],
      [
        { ...MERGE, run_compare_changes: true },
        {
          path: "run_compare_changes",
          got: true,
          reason: "`run_compare_changes` needs a CI job",
          allowed: "`run_compare_changes` with github_webhook or git_provider_webhook",
          fix: "remove `run_compare_changes`, or add the webhook under `triggers`",
        },
      ],
    ],
  },
  {
    name: "comparison flags are flags of dbt",
    good: [{}, { ...CI, compare_changes_flags: "--select state:modified+ --exclude tag:slow" }],
    bad: [
      [
        { compare_changes_flags: "rm -rf /" },
        {
          path: "compare_changes_flags",
          got: "rm -rf /",
          reason: '"rm" belongs to no flag',
          allowed: "dbt build with flags",
          fix: "did you mean `dbt build --select rm`?",
        },
      ],
    ],
  },
  {
    name: "comparison needs an environment to compare with",
    good: [{}, { ...CI, run_compare_changes: true, defer_to: { environment: "production" } }],
    bad: [undefined, "self", { job: "other" }].map((defer_to) => [
      { ...CI, run_compare_changes: true, defer_to },
      {
        path: "run_compare_changes",
        got: true,
        reason: "`run_compare_changes` needs `defer_to` an environment",
        allowed: "`defer_to: { environment: NAME }` beside it",
        fix: "add `defer_to: { environment: production }`",
      },
    ]),
  },
  {
    name: "cost optimization fits the job",
    good: [
      {},
      { cost_optimization_features: ["state_aware_orchestration"] },
      { cost_optimization_features: ["dbt_state"], dbt_version: "latest-fusion" },
      { cost_optimization_features: [], ...CI, dbt_version: "latest" },
    ],
    bad: [
      [
        { ...CI, cost_optimization_features: ["dbt_state"] },
        {
          path: "cost_optimization_features",
          got: ["dbt_state"],
          reason: "dbt Cloud refuses cost optimization on CI and merge jobs",
          allowed: "none on jobs that git events start",
          fix: "remove `cost_optimization_features`",
        },
      ],
      [
        { cost_optimization_features: ["dbt_state", "state_aware_orchestration"] },
        {
          path: "cost_optimization_features",
          got: ["dbt_state", "state_aware_orchestration"],
          reason: "`dbt_state` replaces the other features",
          allowed: "`[dbt_state]` alone",
          fix: "keep only `dbt_state`",
        },
      ],
      [
        { cost_optimization_features: ["state_aware_orchestration"], dbt_version: "1.11.0-latest" },
        {
          path: "cost_optimization_features",
          got: ["state_aware_orchestration"],
          reason: "`dbt_version: 1.11.0-latest` has no cost optimization",
          allowed: "a fusion release track, or the environment's version",
          fix: "remove `dbt_version` or choose latest-fusion",
        },
      ],
    ],
  },
  {
    name: "an SLA ends after the job starts",
    good: [
      {},
      { ...DAILY, sla: { finish_by: "05:01" } },
      { run_after: { job: "other" }, sla: { finish_by: "00:00" } },
      { schedule: { at: ["21:00", "05:00"] }, sla: { finish_by: "06:00" } },
      { schedule: { every_hours: 6 }, sla: { finish_by: "00:01" } },
      { schedule: { cron: "30 6 * * 1-5" }, sla: { finish_by: "06:31" } },
      { schedule: { cron: "0 5 1 7 *" }, sla: { finish_by: "06:00" } },
      { ...DAILY, sla: { finish_by: "06:01", timezone: "Europe/London", days: ["monday"] } },
      { schedule: { at: ["22:30"] }, sla: { finish_by: "08:00", timezone: "Asia/Tokyo" } },
    ],
    bad: [
      [
        { sla: { finish_by: "06:00" } },
        {
          path: "sla",
          at: "key",
          reason: "a job without `schedule` or `run_after` cannot be late",
          allowed: "`sla` on a job that starts by itself",
          fix: "add `schedule`, or remove `sla`",
        },
      ],
      [
        { ...DAILY, sla: { finish_by: "05:00" } },
        {
          path: "sla.finish_by",
          got: "05:00",
          reason: "the job would have to finish before it starts: on 2026-01-01 it first starts at 05:00 UTC",
          allowed: "a time after 05:00 UTC",
          fix: "choose a later `finish_by`, or an earlier schedule",
        },
      ],
      [
        { schedule: { cron: "5 16 * * 6" }, sla: { finish_by: "09:00" } },
        {
          path: "sla.finish_by",
          got: "09:00",
          reason: "the job would have to finish before it starts: on 2026-01-03 it first starts at 16:05 UTC",
          allowed: "a time after 16:05 UTC",
          fix: "choose a later `finish_by`, or an earlier schedule",
        },
      ],
      [
        { schedule: { every_hours: 6 }, sla: { finish_by: "00:00" } },
        {
          path: "sla.finish_by",
          got: "00:00",
          reason: "the job would have to finish before it starts: on 2026-01-01 it first starts at 00:00 UTC",
          allowed: "a time after 00:00 UTC",
          fix: "choose a later `finish_by`, or an earlier schedule",
        },
      ],
      [
        { schedule: { cron: "0 5 1 7 *" }, sla: { finish_by: "01:00" } },
        {
          path: "sla.finish_by",
          got: "01:00",
          reason: "the job would have to finish before it starts: on 2026-07-01 it first starts at 05:00 UTC",
          allowed: "a time after 05:00 UTC",
          fix: "choose a later `finish_by`, or an earlier schedule",
        },
      ],
      [
        // In winter, 05:00 UTC is 05:00 in London. In summer it is 06:00.
        { ...DAILY, sla: { finish_by: "05:30", timezone: "Europe/London" } },
        {
          path: "sla.finish_by",
          got: "05:30",
          reason: "the job would have to finish before it starts: on 2026-07-01 it first starts at 06:00 Europe/London",
          allowed: "a time after 06:00 Europe/London",
          fix: "choose a later `finish_by`, or an earlier schedule",
        },
      ],
      [
        { schedule: { at: ["05:00"], days: ["monday"] }, sla: { finish_by: "06:00", days: ["sunday"] } },
        {
          path: "sla.days",
          got: ["sunday"],
          reason: "the job never starts on these days",
          allowed: "days on which the job starts, in the time zone UTC",
          fix: "choose other days, or remove `days`",
        },
      ],
    ],
  },
  {
    name: "a job is moved or adopted, not both",
    good: [{}, { moved_from: "former" }, { adopt_job_id: 7 }],
    bad: [
      [
        { moved_from: "attribution" },
        {
          path: "moved_from",
          got: "attribution",
          reason: "the job already has this key",
          allowed: "the job's former key",
          fix: "remove `moved_from`",
        },
      ],
      [
        { moved_from: "former", adopt_job_id: 7 },
        {
          path: "adopt_job_id",
          got: 7,
          reason: "Terraform cannot move and adopt the same job",
          allowed: "`moved_from` or `adopt_job_id`",
          fix: "remove one of the two",
        },
      ],
    ],
  },

  {
    name: "values of variables are adopted with their job",
    good: [{}, { adopt_job_id: 7, adopt_override_ids: { DBT_A: 1 }, environment_variables: { DBT_A: "1" } }],
    bad: [
      [
        { adopt_override_ids: { DBT_A: 1 }, environment_variables: { DBT_A: "1" } },
        {
          path: "adopt_override_ids.DBT_A",
          at: "key",
          got: 1,
          reason: "only a job that is adopted has values to adopt",
          allowed: "`adopt_job_id` beside it, and a project by its id",
          fix: "remove `DBT_A`, or add `adopt_job_id`",
        },
      ],
      [
        { adopt_job_id: 7, adopt_override_ids: { DBT_A: 1 }, environment_variables: { DBT_B: "1" } },
        {
          path: "adopt_override_ids.DBT_A",
          at: "key",
          got: 1,
          reason: "the job has no such variable",
          allowed: "DBT_B",
          fix: "remove `DBT_A`, or add it to `environment_variables`",
        },
      ],
    ],
  },
];

const withJob = (job: Overrides): object => fileData({ jobs: { attribution: jobData(job), other: jobData() } });

it("every rule about a job is tested here", () => {
  expect(CASES.map(({ name }) => name)).toEqual(jobRules.map(({ name }) => name));
});

describe.each(CASES)("$name", ({ name, good, bad }) => {
  it.each(good)("lets %j pass", (job) => {
    expect(findingsOf(jobRules, name, withJob(job))).toEqual([]);
  });

  it.each(bad.map(([job, ...expected]) => ({ job, expected })))("refuses $job", ({ job, expected }) => {
    expect(findingsOf(jobRules, name, withJob(job))).toEqual(
      expected.map(({ path, ...finding }) => ({
        file: "1.yaml",
        path: ["jobs", "attribution", ...path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key))],
        ...finding,
      })),
    );
  });

  it("checks the valid values of a file that has invalid ones", () => {
    const [job, first] = bad[0]!;
    const found = findingsOf(jobRules, name, withJob({ ...job, threads: -4, unknown: 1 }));
    expect(found[0]?.reason).toBe(first?.reason);
  });
});
