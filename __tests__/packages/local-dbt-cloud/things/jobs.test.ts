import { jobsOf } from "../../../../packages/local-dbt-cloud/things/jobs/jobs";
import { localDbtCloud, V2, V3, type Answer, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

const JOBS = `${V2}/jobs/`;
const required = { name: "daily", project_id: 102, environment_id: 302, execute_steps: ["dbt build"] };

type Data = Readonly<Record<string, unknown>> & { readonly id: number };

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

const post = (body: object): Promise<Answer> => cloud.send("POST", JOBS, { ...required, ...body });

async function created(body: object = {}): Promise<Data> {
  const answer = await post(body);
  expect(answer).toMatchObject({ code: 201, body: { status: { code: 201, is_success: true } } });
  return answer.body.data as Data;
}

async function updated(id: number, body: object): Promise<Data> {
  const answer = await cloud.send("POST", `${JOBS}${id}/`, body);
  expect(answer).toMatchObject({ code: 200 });
  return answer.body.data as Data;
}

const ids = async (query: string): Promise<number[]> =>
  ((await cloud.send("GET", `${JOBS}?${query}`)).body.data as Data[]).map(({ id }) => id);

describe("a job", () => {
  it("has every key that clients read, with defaults", async () => {
    expect(await created()).toEqual({
      id: 1,
      account_id: 12345,
      project_id: 102,
      environment_id: 302,
      name: "daily",
      description: "",
      dbt_version: null,
      raw_dbt_version: null,
      execute_steps: ["dbt build"],
      settings: { threads: 1, target_name: "default" },
      execution: { timeout_seconds: 0 },
      generate_docs: false,
      run_generate_sources: false,
      generate_sources: false,
      run_lint: false,
      errors_on_lint_failure: true,
      run_compare_changes: false,
      compare_changes_flags: "--select state:modified",
      triggers_on_draft_pr: false,
      lifecycle_webhooks: false,
      lifecycle_webhooks_url: null,
      job_type: "other",
      triggers: { github_webhook: false, git_provider_webhook: false, schedule: false, on_merge: false },
      schedule: { cron: "0 * * * *", date: { type: "every_day" }, time: { type: "every_hour", interval: 1 } },
      job_completion_trigger_condition: null,
      deferring_job_definition_id: null,
      deferring_environment_id: null,
      cost_optimization_features: [],
      force_node_selection: true,
      state: 1,
      is_deferrable: true,
      is_system: false,
      deactivated: false,
      run_failure_count: 0,
      next_run: null,
      next_run_humanized: null,
      cron_humanized: null,
      account: null,
      project: null,
      environment: null,
      most_recent_run: null,
      most_recent_completed_run: null,
      created_at: "2026-01-05 04:30:00.000000+00:00",
      updated_at: "2026-01-05 04:30:00.000000+00:00",
    });
  });

  it("takes null for what clients leave open", async () => {
    expect(
      await created({
        id: null,
        description: null,
        dbt_version: null,
        triggers: { github_webhook: true, git_provider_webhook: null, on_merge: null },
        cost_optimization_features: null,
        force_node_selection: null,
        job_completion_trigger_condition: null,
        deferring_job_definition_id: 0,
      }),
    ).toMatchObject({
      id: 1,
      description: "",
      triggers: { github_webhook: true, git_provider_webhook: false, schedule: false, on_merge: false },
      cost_optimization_features: [],
      deferring_job_definition_id: null,
    });
  });

  it("may have the name of another one", async () => {
    expect((await created()).id).not.toBe((await created()).id);
  });

  it("keeps what an update does not name", async () => {
    const { id } = await created({
      lifecycle_webhooks: true,
      settings: { threads: 8, target_name: "prod" },
      description: "d",
    });
    expect(await updated(id, { name: "nightly" })).toMatchObject({
      name: "nightly",
      lifecycle_webhooks: true,
      settings: { threads: 8, target_name: "prod" },
      description: "d",
    });
    expect((await cloud.send("GET", `${JOBS}${id}/`)).body.data).toMatchObject({ name: "nightly", description: "d" });
  });

  it("can defer to itself, as the provider does in a second request", async () => {
    const { id } = await created();
    expect(await updated(id, { deferring_job_definition_id: id })).toMatchObject({ deferring_job_definition_id: id });
  });

  it.each([
    ["by its state, as the provider deletes", "POST", { state: 2 }, 200],
    ["by DELETE", "DELETE", undefined, 204],
  ] as const)("disappears %s", async (_, method, body, code) => {
    const { id } = await created();
    expect(await cloud.send(method, `${JOBS}${id}/`, body)).toMatchObject({ code });
    expect(await cloud.send("GET", `${JOBS}${id}/`)).toMatchObject({ code: 404, body: { status: { code: 404 } } });
    expect(await cloud.send("DELETE", `${JOBS}${id}/`)).toMatchObject({ code: 404 });
    expect(await ids("")).toEqual([]);
    expect(await ids("state=2")).toEqual([id]);
    expect((await created()).id).toBe(id + 1);
  });

  it("takes its values of environment variables along", async () => {
    const { id } = await created();
    const variables = `${V3}/projects/102/environment-variables/`;
    await cloud.send("POST", `${variables}bulk/`, { env_var: { new_name: "DBT_X", project: "1" } });
    const body = { type: "job", name: "DBT_X", job_definition_id: id, raw_value: "2" };
    const override = (await cloud.send("POST", variables, body)).body.data as Data;
    await cloud.send("DELETE", `${JOBS}${id}/`);
    expect(await cloud.send("DELETE", `${variables}${override.id}/`)).toMatchObject({ code: 404 });
  });
});

describe("a job's schedule", () => {
  const hourly = { type: "every_hour", interval: 1 };

  it.each([
    ["every hour", { date: { type: "every_day" }, time: hourly }, "0 * * * *", {}],
    ["every n hours", { date: { type: "every_day" }, time: { type: "every_hour", interval: 6 } }, "0 */6 * * *", {}],
    ["at hours", { date: { type: "every_day" }, time: { type: "at_exact_hours", hours: [5, 9] } }, "0 5,9 * * *", {}],
    ["on days", { date: { type: "days_of_week", days: [5, 1] }, time: hourly }, "0 * * * 5,1", { days: [5, 1] }],
    [
      "on days at hours",
      { date: { type: "days_of_week", days: [0] }, time: { type: "at_exact_hours", hours: [7] } },
      "0 7 * * 0",
      { days: [0] },
    ],
    ["by cron", { date: { type: "custom_cron", cron: "5 4 1 * *" }, time: hourly }, "5 4 1 * *", { cron: "5 4 1 * *" }],
    [
      "by an interval, with the days that the provider does not send",
      { date: { type: "interval_cron", cron: "4 */3 * * 1,2,3" }, time: { type: "every_hour", interval: 3 } },
      "4 */3 * * 1,2,3",
      { cron: "4 */3 * * 1,2,3", days: [1, 2, 3] },
    ],
    [
      "by an interval on a span of days",
      { date: { type: "interval_cron", cron: "4 */3 * * 0-2,5" }, time: { type: "every_hour", interval: 3 } },
      "4 */3 * * 0-2,5",
      { cron: "4 */3 * * 0-2,5", days: [0, 1, 2, 5] },
    ],
    [
      "by an interval on days by name, and on Sunday as 7",
      { date: { type: "interval_cron", cron: "4 */3 * * FRI,MON-TUE,7" }, time: { type: "every_hour", interval: 3 } },
      "4 */3 * * FRI,MON-TUE,7",
      { cron: "4 */3 * * FRI,MON-TUE,7", days: [5, 1, 2, 0] },
    ],
    [
      "by an interval on all days",
      { date: { type: "interval_cron", cron: "4 */3 * * *" }, time: { type: "every_hour", interval: 3 } },
      "4 */3 * * *",
      { cron: "4 */3 * * *" },
    ],
  ])("%s is computed, and has no unused keys", async (_, schedule, cron, date) => {
    for (const stale of ["", "1 1 1 1 1"]) {
      const job = await created({ schedule: { ...schedule, cron: stale } });
      const { type, ...time } = schedule.time;
      expect(job["schedule"]).toEqual({ cron, date: { type: schedule.date.type, ...date }, time: { type, ...time } });
    }
  });

  it("forgets what null or an empty list says nothing with", async () => {
    const job = await created({
      schedule: {
        date: { type: "every_day", days: [], cron: "" },
        time: { type: "every_hour", interval: 2, hours: null },
      },
    });
    expect(job["schedule"]).toEqual({
      cron: "0 */2 * * *",
      date: { type: "every_day" },
      time: { type: "every_hour", interval: 2 },
    });
  });

  it.each([
    ["hours with an interval", { time: { type: "at_exact_hours", hours: [1], interval: 2 } }, "schedule.time.interval"],
    ["no interval", { time: { type: "every_hour" } }, "schedule.time.interval"],
    ["no hours", { time: { type: "at_exact_hours", hours: [] } }, "schedule.time.hours"],
    ["an interval with hours", { time: { type: "every_hour", interval: 1, hours: [1] } }, "schedule.time.hours"],
    ["an hour of 24", { time: { type: "at_exact_hours", hours: [24] } }, "schedule.time.hours.0"],
    ["an interval of 24", { time: { type: "every_hour", interval: 24 } }, "schedule.time.interval"],
    ["a day of 7", { date: { type: "days_of_week", days: [7] } }, "schedule.date.days.0"],
    ["no days", { date: { type: "days_of_week", days: [] } }, "schedule.date.days"],
    ["no cron", { date: { type: "custom_cron" } }, "schedule.date.cron"],
    ["no good cron", { date: { type: "custom_cron", cron: "every day" } }, "schedule.date.cron"],
    ["a cron with seconds", { date: { type: "custom_cron", cron: "0 0 5 * * *" } }, "schedule.date.cron"],
    ["a cron that never fires", { date: { type: "custom_cron", cron: "0 0 31 2 *" } }, "schedule.date.cron"],
    ["another type", { date: { type: "weekly" } }, "schedule.date.type"],
  ])("is refused with %s", async (_, schedule, field) => {
    const answer = await post({ schedule });
    expect(answer).toMatchObject({ code: 400, body: { status: { code: 400 } } });
    expect(answer.body.status.user_message.startsWith(`${field}: `)).toBe(true);
  });

  it("says when it fires next, in UTC, and only when its trigger is on", async () => {
    const schedule = { date: { type: "custom_cron", cron: "0 5 * * *" } };
    expect(await created({ schedule, triggers: { schedule: true } })).toMatchObject({
      next_run: "2026-01-05 05:00:00.000000+00:00",
    });
    expect(await created({ schedule })).toMatchObject({ next_run: null });
  });
});

describe("a job's type", () => {
  it.each([
    ["other", {}],
    ["scheduled", { triggers: { schedule: true } }],
    ["ci", { triggers: { github_webhook: true } }],
    ["ci", { triggers: { git_provider_webhook: true } }],
    ["ci", { job_type: "ci" }],
    ["merge", { triggers: { on_merge: true } }],
    ["merge", { job_type: "merge" }],
    ["adaptive", { job_type: "adaptive" }],
    ["scheduled", { job_type: "other", triggers: { schedule: true } }],
    ["other", { job_type: "scheduled" }],
  ])("is %s after %j", async (job_type, body) => {
    expect(await created(body)).toMatchObject({ job_type });
  });

  it("follows new triggers although the provider echoes the old type", async () => {
    const job = await created({ triggers: { schedule: true } });
    const { id } = job;
    expect(await updated(id, { ...job, triggers: {} })).toMatchObject({ job_type: "other" });
    expect(await updated(id, { triggers: { on_merge: true } })).toMatchObject({ job_type: "merge" });
    expect(await updated(id, { triggers: { schedule: true } })).toMatchObject({ job_type: "scheduled" });
  });

  it("stays when an update does not touch the triggers", async () => {
    const { id } = await created({ job_type: "ci" });
    expect(await updated(id, { name: "pull requests" })).toMatchObject({ job_type: "ci" });
  });

  it.each([
    [{ triggers: { github_webhook: true } }, { triggers: { schedule: true } }],
    [{ triggers: { schedule: true } }, { triggers: { github_webhook: true } }],
    [{ job_type: "adaptive" }, { job_type: "other" }],
  ])("cannot become ci or adaptive, or stop being it: %j to %j", async (before, after) => {
    const { id } = await created(before);
    expect(await cloud.send("POST", `${JOBS}${id}/`, after)).toMatchObject({
      code: 400,
      body: { data: { job_type: {} } },
    });
  });
});

describe("state-aware orchestration", () => {
  it("is the opposite of forcing the selection of nodes", async () => {
    const features = ["state_aware_orchestration"];
    const { id, ...job } = await created({ cost_optimization_features: features });
    expect(job).toMatchObject({ cost_optimization_features: features, force_node_selection: false });
    expect(await updated(id, { cost_optimization_features: [] })).toMatchObject({ force_node_selection: true });
  });

  it("is rewritten where dbt Cloud rewrites it", async () => {
    expect(await created({ force_node_selection: false })).toMatchObject({ force_node_selection: true });
    expect(await created({ cost_optimization_features: ["state_aware_orchestration", "dbt_state"] })).toMatchObject({
      cost_optimization_features: ["dbt_state"],
    });
  });

  it.each([
    { triggers: { github_webhook: true }, cost_optimization_features: ["state_aware_orchestration"] },
    { triggers: { on_merge: true }, cost_optimization_features: ["dbt_state"] },
    { job_type: "ci", force_node_selection: false },
  ])("is refused with 405 in a job that git runs: %j", async (body) => {
    expect(await post(body)).toMatchObject({ code: 405, body: { status: { code: 405, is_success: false } } });
  });
});

describe("a job is refused", () => {
  it.each([
    ["without a name", { name: undefined }],
    ["with an empty name", { name: " " }],
    ["without steps", { execute_steps: [] }],
    ["with an empty step", { execute_steps: [""] }],
    ["in a project that there is not", { project_id: 1 }],
    ["in an environment that there is not", { environment_id: 1 }],
    ["without threads", { settings: { threads: 0 } }],
    ["with a negative timeout", { execution: { timeout_seconds: -5 } }],
    ["with another job type", { job_type: "zzz" }],
    ["with another feature", { cost_optimization_features: ["speed"] }],
    ["with a key that triggers do not have", { triggers: { custom_branch_only: false } }],
    ["with a trigger that is a text", { triggers: { schedule: "false" } }],
    ["with another trigger beside on_merge", { triggers: { on_merge: true, schedule: true } }],
    ["deferring to a job and to an environment", { deferring_job_definition_id: 1, deferring_environment_id: 302 }],
    ["deferring to a job that there is not", { deferring_job_definition_id: 99 }],
    ["deferring to an environment that there is not", { deferring_environment_id: 99 }],
    ["comparing changes with nothing", { run_compare_changes: true }],
    [
      "after a job that there is not",
      { job_completion_trigger_condition: { condition: { job_id: 99, project_id: 102, statuses: [10] } } },
    ],
    [
      "after an end that there is not",
      { job_completion_trigger_condition: { condition: { job_id: 1, project_id: 102, statuses: [0] } } },
    ],
    ["with another state", { state: 3 }],
  ])("%s", async (_, body) => {
    await created();
    expect(await post(body)).toMatchObject({ code: 400, body: { status: { code: 400, is_success: false } } });
    expect(jobsOf(cloud.world).all()).toHaveLength(1);
  });

  it("in an environment of another project", async () => {
    const project = (await cloud.send("POST", `${V3}/projects/`, { name: "Other" })).body.data as Data;
    expect(await post({ project_id: project.id })).toMatchObject({ code: 400, body: { data: { environment_id: {} } } });
  });

  it("and a refused update changes nothing", async () => {
    const { id } = await created();
    expect(await cloud.send("POST", `${JOBS}${id}/`, { name: "x", execute_steps: [] })).toMatchObject({ code: 400 });
    expect((await cloud.send("GET", `${JOBS}${id}/`)).body.data).toMatchObject({ name: "daily" });
  });
});

describe("a job after another one", () => {
  it("keeps its condition, and loses it with null", async () => {
    const { id: job_id } = await created();
    const condition = { condition: { job_id, project_id: 102, statuses: [10, 20, 30] } };
    const { id, ...job } = await created({ job_completion_trigger_condition: condition });
    expect(job).toMatchObject({ job_completion_trigger_condition: condition });
    expect(await updated(id, { name: "later" })).toMatchObject({ job_completion_trigger_condition: condition });
    expect(await updated(id, { job_completion_trigger_condition: null })).toMatchObject({
      job_completion_trigger_condition: null,
    });
  });
});

describe("the list of jobs", () => {
  beforeEach(async () => {
    await created({ name: "Daily [[one]]", triggers: { schedule: true } });
    await created({ name: "weekly", environment_id: 202, dbt_version: "latest" });
  });

  it.each([
    ["", [1, 2]],
    ["project_id=102&environment_id=202", [2]],
    ["project_id__in=[1,102]", [1, 2]],
    ["project_id__in=[1,2]", []],
    ["project_id=1", []],
    ["name__icontains=DAILY", [1]],
    ["pk=2", [2]],
    ["dbt_version__in=latest,compatible", [2]],
    ["triggers_schedule=true", [1]],
    ["triggers_schedule=false", [2]],
    ["is_system=true", []],
    ["order_by=-id", [2, 1]],
    ["order_by=-name", [2, 1]],
    ["offset=1", [2]],
    ["limit=1", [1]],
  ])("?%s", async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  it.each(["environment", "[environment]", '["environment"]', "most_recent_run,environment"])(
    "has environments when it is asked for %s, without what the provider cannot read",
    async (related) => {
      const { body } = await cloud.send("GET", `${V2}/jobs?project_id=102&include_related=${related}`);
      expect(body.data).toMatchObject([
        {
          environment: {
            id: 302,
            project_id: 102,
            name: "marketing-production",
            type: "deployment",
            deployment_type: "production",
            jobs: null,
            custom_environment_variables: null,
          },
        },
        { environment: { id: 202 } },
      ]);
    },
  );

  it("is walked page by page as the provider does, to the end", async () => {
    for (let i = 0; i < 120; i++) await created({ name: `job ${i}` });
    const seen: number[] = [];
    for (let total = Infinity; seen.length < total;) {
      const { body } = await cloud.send("GET", `${V2}/jobs?project_id=102&offset=${seen.length}`);
      seen.push(...(body.data as Data[]).map(({ id }) => id));
      total = body.extra.pagination!.total_count;
    }
    expect(seen).toEqual(Array.from({ length: 122 }, (_, i) => i + 1));
  });
});
