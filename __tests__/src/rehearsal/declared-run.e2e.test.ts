import { DbtCloudClient } from "../../../src/dbt-cloud/client";
import type { EnvironmentDefinition } from "../../../src/env-files/definition";
import { jobSchema } from "../../../src/jobs/definition";
import { createDeclaredJobs } from "../../../src/rehearsal/declared-jobs";
import { placesOf } from "../../../src/rehearsal/places";
import { inRehearsalOrder, rehearse, type Rehearsed } from "../../../src/rehearsal/rehearsal";
import { environmentDefinition, jobDefinition } from "../../support/definitions";
import { TOKEN } from "../../support/local-dbt-cloud";
import { FakeProject, localRuns, type Call, type LocalRuns } from "../../support/local-runs";

let project: FakeProject;
let cloud: LocalRuns;
let client: DbtCloudClient;
beforeEach(async () => {
  project = new FakeProject();
  cloud = localRuns(project.folder);
  const host = await cloud.app.listen({ host: "127.0.0.1", port: 0 });
  client = new DbtCloudClient({ host, accountId: 12345, token: TOKEN });
});
afterEach(async () => {
  await cloud.close();
  project.close();
});

type Input = Readonly<Record<string, unknown>>;

/** An env file of the seeded world: production, with the job `daily` and what a test adds. */
const production = (daily: Input = {}, more: Input = {}, jobs: Input = {}): EnvironmentDefinition =>
  environmentDefinition({
    name: "production",
    project: { id: 102 },
    environment: { id: 302 },
    jobs: { ...jobs, daily: { ...jobDefinition(daily) } },
    ...more,
  });

const staging = (): EnvironmentDefinition =>
  environmentDefinition({ name: "staging", project: { id: 102 }, environment: { id: 202 } });

/** Rehearses all jobs, in their order. */
async function rehearseAll(...environments: EnvironmentDefinition[]): Promise<Rehearsed[]> {
  const chosen = inRehearsalOrder(environments, new Date("2026-01-05T04:30:00Z"));
  const jobs = await createDeclaredJobs(client, { environments, places: placesOf(environments) }, chosen);
  const rehearsed: Rehearsed[] = [];
  for await (const each of rehearse(client, jobs)) rehearsed.push(each);
  return rehearsed;
}

const commands = (calls: readonly Call[]): string[] => calls.map(({ args }) => args.join(" "));

const output = ({ profile }: Call): Readonly<Record<string, unknown>> => {
  const { target, outputs } = (
    JSON.parse(profile) as { fake_profile: { target: string; outputs: Record<string, Record<string, unknown>> } }
  ).fake_profile;
  return { target, ...outputs[target] };
};

/** Fields of a job by which its run differs, each with a value and how the run shows it. */
const CHANGES: Readonly<Record<string, { value: unknown; others?: Input; seen: () => unknown; expected: unknown }>> = {
  execute_steps: {
    value: ["dbt seed", "dbt build --select tag:core"],
    seen: () => commands(project.calls()),
    expected: ["seed", "build --select tag:core"],
  },
  threads: { value: 7, seen: () => output(project.calls()[0]!)["threads"], expected: 7 },
  target_name: { value: "nightly", seen: () => output(project.calls()[0]!)["target"], expected: "nightly" },
  generate_docs: {
    value: true,
    seen: () => commands(project.calls()),
    expected: ["build", "docs generate"],
  },
  run_generate_sources: {
    value: true,
    seen: () => commands(project.calls()),
    expected: ["source freshness", "build"],
  },
  environment_variables: {
    value: { DBT_WINDOW: "7" },
    seen: () => project.calls()[0]!.env["DBT_WINDOW"],
    expected: "7",
  },
  defer_to: {
    value: { job: "first" },
    others: { first: { ...jobDefinition() } },
    seen: () => project.calls().map(({ env }) => env["DBT_DEFER"]),
    expected: [undefined, "true"],
  },
};

/** Fields that change the start, the notifications or the display of a job, but not its run. */
const WITHOUT_EFFECT_ON_THE_RUN = [
  "adopt_job_id",
  "adopt_override_ids", // names overrides that exist, and does not change their values
  "category",
  "compare_changes_flags", // compares with production in CI runs, which only dbt Cloud does
  "cost_optimization_features",
  "description",
  "errors_on_lint_failure", // lints in CI runs
  "expects",
  "moved_from",
  "notifications",
  "owner",
  "paused",
  "run_compare_changes",
  "run_lint",
  "schedule",
  "sla",
  "triggers",
  "triggers_on_draft_pr",
];

describe("a rehearsed run", () => {
  it("has a test or a reason for each field of a job", () => {
    const tested = [...Object.keys(CHANGES), "timeout_seconds", "run_after", "dbt_version"];
    expect([...tested, ...WITHOUT_EFFECT_ON_THE_RUN].sort()).toEqual(Object.keys(jobSchema.shape).sort());
  });

  it.each(Object.entries(CHANGES))("changes with the job's %s", async (field, { value, others, seen, expected }) => {
    // A job's own value needs a variable that the project knows.
    const variables = { environment_variables: { DBT_WINDOW: "30" } };
    await rehearseAll(production({ [field]: value }, variables, others));
    expect(seen()).toEqual(expected);
  });

  it("has none of these differences without the fields", async () => {
    const [rehearsed] = await rehearseAll(production({}, { environment_variables: { DBT_WINDOW: "30" } }));
    expect(rehearsed!.run.is_success).toBe(true);
    const [call, ...more] = project.calls();
    expect(more).toEqual([]);
    expect(commands([call!])).toEqual(["build"]);
    expect(output(call!)).toMatchObject({ target: "default", threads: 4 });
    expect([call!.env["DBT_WINDOW"], call!.env["DBT_DEFER"]]).toEqual(["30", undefined]);
  });

  it("changes with the job's timeout", async () => {
    const steps = { execute_steps: ["dbt build --select hold"] };
    const [rehearsed] = await rehearseAll(production({ ...steps, timeout_seconds: 1 }));
    expect(rehearsed!.run.status_humanized).toBe("Cancelled");
  });

  it("changes with the job's dbt_version", async () => {
    const [rehearsed] = await rehearseAll(production({ dbt_version: "compatible" }));
    const { dbt_version } = (await cloud.run(rehearsed!.run.id)) as unknown as { dbt_version: string };
    expect(dbt_version).toBe("compatible");
  });

  it("starts after the job in run_after, and only once", async () => {
    const [first, daily] = await rehearseAll(
      production({ run_after: { job: "first", on: ["success"] } }, {}, { first: { ...jobDefinition() } }),
    );
    expect([first!.job.key, first!.isTriggered, daily!.job.key, daily!.isTriggered]).toEqual([
      "first",
      false,
      "daily",
      true,
    ]);
    expect(await cloud.list("")).toHaveLength(2);
    const { trigger } = await cloud.run(daily!.run.id);
    expect(trigger.cause_category).not.toBe("api");
  });

  it("is started by hand if the job in run_after has another result", async () => {
    const failing = { ...jobDefinition({ execute_steps: ["dbt build --select fail"] }) };
    const [first, daily] = await rehearseAll(
      production({ run_after: { job: "first", on: ["success"] } }, {}, { first: failing }),
    );
    expect([first!.run.is_success, daily!.isTriggered, daily!.run.is_success]).toEqual([false, false, true]);
  });

  it("defers to the environment that the job names, and has that environment's values of variables", async () => {
    const other = { ...staging(), environment_variables: { DBT_WINDOW: "1" } };
    const environments = [
      production({ defer_to: { environment: "staging" } }, { environment_variables: { DBT_WINDOW: "30" } }),
      other,
    ];
    const rehearsed = await rehearseAll(...environments);
    expect(rehearsed.map(({ job }) => job.environment.name)).toEqual(["staging", "production"]);
    expect(project.calls().map(({ env }) => [env["DBT_WINDOW"], env["DBT_DEFER"]])).toEqual([
      ["1", undefined],
      ["30", "true"],
    ]);
  });

  it("defers to the job itself from its second run on", async () => {
    const environments = [production({ defer_to: "self" })];
    const chosen = inRehearsalOrder(environments, new Date());
    const jobs = await createDeclaredJobs(client, { environments, places: placesOf(environments) }, chosen);
    for (const _ of [1, 2]) for await (const { run } of rehearse(client, jobs)) expect(run.is_success).toBe(true);
    expect(project.calls().map(({ env }) => env["DBT_DEFER"])).toEqual([undefined, "true"]);
  });

  it("creates a job that a chosen job refers to, and does not start it", async () => {
    const environment = production({ defer_to: { job: "first" } }, {}, { first: { ...jobDefinition() } });
    const chosen = inRehearsalOrder([environment], new Date()).filter(({ key }) => key === "daily");
    const declared = { environments: [environment], places: placesOf([environment]) };
    const jobs = await createDeclaredJobs(client, declared, chosen);
    expect(jobs.map(({ key }) => key)).toEqual(["daily"]);
    for await (const { run } of rehearse(client, jobs)) expect(run.is_success).toBe(true);
    expect(await cloud.list("")).toHaveLength(1);
  });
});
