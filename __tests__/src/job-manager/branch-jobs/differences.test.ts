import { differencesOf } from "../../../../src/job-manager/branch-jobs/differences";
import { markedDescription } from "../../../../src/job-manager/branch-jobs/mark";
import { unfinished, payloadOf } from "../../../../src/job-manager/branch-jobs/wanted";
import { deployed, IDS, mark, sharedEnvironment, wantedOf } from "../../../support/branch-records";

const ids = { ...IDS, jobIdOf: (): number => 7 };
const keyOf = (id: number): string => (id === 7 ? "extract" : `job ${id}`);

function changesTo(changes: object, job: object = {}): string[] {
  const [wanted] = wantedOf(sharedEnvironment({ attribution: job }));
  const record = { ...deployed(wanted!, 1, () => 7), ...changes };
  return differencesOf(record, payloadOf(wanted!, ids, 1), keyOf).map(
    ({ field, before, after }) => `${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
  );
}

const FULL = { schedule: { at: ["05:00"] }, defer_to: { environment: "production" }, dbt_version: "latest" };

describe("a job that matches its env file", () => {
  it.each([
    {},
    FULL,
    { run_after: { job: "extract", on: ["success", "error", "canceled"] } },
    { triggers: { github_webhook: true }, run_lint: true },
    { triggers: { on_merge: true } },
    { defer_to: "self" },
    { defer_to: { job: "extract" } },
    { cost_optimization_features: ["state_aware_orchestration"] },
    { schedule: { every_hours: 6 }, paused: true },
  ])("such as %j has no differences", (job) => {
    expect(changesTo({}, job)).toEqual([]);
  });

  it("has no difference where dbt Cloud writes a value differently", () => {
    expect(
      changesTo(
        {
          description: `${deployed(wantedOf(sharedEnvironment({ attribution: {} }))[0]!, 1).description}\n`,
          triggers: { schedule: null },
          triggers_on_draft_pr: false,
          cost_optimization_features: null,
          next_run: "2026-01-05",
          lifecycle_webhooks: true,
          something_new: 1,
        },
        {},
      ),
    ).toEqual([]);
  });

  it("may have the endings of another job in any order", () => {
    const condition = { condition: { job_id: 7, project_id: 102, statuses: [30, 10, 20] } };
    const run_after = { job: "extract", on: ["success", "error", "canceled"] };
    expect(changesTo({ job_completion_trigger_condition: condition }, { run_after })).toEqual([]);
  });
});

describe("a job that was changed", () => {
  it.each<[object, string[]]>([
    [{ name: "x" }, ['name: "x" → "marketing-team-feature-x-jennifer-attribution"']],
    [{ execute_steps: ["dbt run"] }, ['execute_steps[0]: "dbt run" → "dbt build"']],
    [{ execute_steps: ["dbt build", "dbt test"] }, ['execute_steps[1]: "dbt test" → null']],
    [{ execute_steps: [] }, ['execute_steps[0]: null → "dbt build"']],
    [
      { schedule: { cron: "0 6 * * *", date: { type: "custom_cron", cron: "0 6 * * *" } } },
      ['schedule: "0 6 * * *" → "0 5 * * *"'],
    ],
    [{ schedule: null }, ['schedule: null → "0 5 * * *"']],
    [{ triggers: { schedule: false } }, ["scheduled: false → true"]],
    [{ triggers: { schedule: true, on_merge: true } }, ["triggers.on_merge: true → false"]],
    [{ settings: { threads: 8, target_name: "prod" } }, ['target_name: "prod" → "default"', "threads: 8 → 4"]],
    [{ execution: { timeout_seconds: 60 } }, ["timeout_seconds: 60 → 0"]],
    [{ dbt_version: null }, ['dbt_version: null → "latest"']],
    [{ generate_docs: true }, ["generate_docs: true → false"]],
    [{ run_generate_sources: true }, ["run_generate_sources: true → false"]],
    [{ deferring_environment_id: null }, ["defer_to.environment: null → 302"]],
    [{ deferring_job_definition_id: 7 }, ['defer_to.job: "extract" → null']],
    [{ run_compare_changes: true }, ["run_compare_changes: true → false"]],
    [{ compare_changes_flags: "x" }, ['compare_changes_flags: "x" → "--select state:modified"']],
    [{ run_lint: true }, ["run_lint: true → false"]],
    [{ errors_on_lint_failure: false }, ["errors_on_lint_failure: false → true"]],
    [{ triggers_on_draft_pr: true }, ["triggers_on_draft_pr: true → false"]],
    [{ cost_optimization_features: ["dbt_state"] }, ['cost_optimization_features[0]: "dbt_state" → null']],
    [{ state: 2 }, ["state: 2 → 1"]],
    [
      { job_completion_trigger_condition: { condition: { job_id: 9, statuses: [20, 10, 99] } } },
      ['run_after: "job 9 (99, error, success)" → null'],
    ],
  ])("by %j differs in that field", (changes, expected) => {
    expect(changesTo(changes, FULL)).toEqual(expected);
  });

  it("in its description differs in the description", () => {
    const [wanted] = wantedOf(sharedEnvironment({ attribution: {} }));
    expect(changesTo({ description: markedDescription("Mine", wanted!.mark) })).toEqual([
      `description: "Mine" → ${JSON.stringify("Builds it\n\nOwner: marketing")}`,
    ]);
  });
});

describe("a mark", () => {
  const text = "Builds it\n\nOwner: marketing";
  const [wanted] = wantedOf(sharedEnvironment({ attribution: {} }));

  it("is a difference when it is missing, or belongs to another definition", () => {
    const digest = wanted!.mark.definition;
    expect(changesTo({ description: text })).toEqual([`mark: "none" → "deployed ${digest}"`]);
    expect(changesTo({ description: markedDescription(text, { ...wanted!.mark, definition: "x" }) })).toEqual([
      `mark: "deployed x" → "deployed ${digest}"`,
    ]);
    expect(changesTo({ description: markedDescription(text, { ...wanted!.mark, overrides: "x" }) })).toHaveLength(1);
    expect(changesTo({ description: markedDescription(text, mark({ ref: "other" })) })).toHaveLength(1);
  });

  it("of an unfinished job is always a difference", () => {
    const { description } = unfinished(payloadOf(wanted!, ids, 1), wanted!);
    const found = changesTo({ description, execute_steps: ["dbt run"] });
    expect(found).toEqual([
      'execute_steps[0]: "dbt run" → "dbt build"',
      `mark: "unfinished" → "deployed ${wanted!.mark.definition}"`,
    ]);
  });
});
