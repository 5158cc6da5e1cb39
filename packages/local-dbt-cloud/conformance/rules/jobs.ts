import type { Cloud, Data } from "../cloud";
import { contains, equal, flag, ids, integer, list, many, must, nullOrAbsent, one, text } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";

/** The fields of a new job that clients read. Some clients fail on null instead of these values. */
const DEFAULTS = {
  id: integer,
  description: "",
  dbt_version: null,
  settings: { threads: 1, target_name: "default" },
  execution: { timeout_seconds: 0 },
  generate_docs: false,
  run_generate_sources: false,
  run_lint: false,
  errors_on_lint_failure: true,
  run_compare_changes: false,
  compare_changes_flags: "--select state:modified",
  triggers_on_draft_pr: false,
  triggers: { github_webhook: false, schedule: false },
  job_completion_trigger_condition: null,
  deferring_job_definition_id: null,
  deferring_environment_id: null,
  cost_optimization_features: [],
  force_node_selection: true,
  state: 1,
  is_deferrable: flag,
  is_system: flag,
  deactivated: flag,
  run_failure_count: integer,
  created_at: text,
  updated_at: text,
};

async function updated(cloud: Cloud, { id }: Data, body: object): Promise<Data> {
  return one(await cloud.post(`${cloud.v2}/jobs/${id}/`, body));
}

export const jobs = group("jobs", [
  rule("keys", "a job has every value that clients read, with defaults", async (cloud) => {
    const project = await newProject(cloud);
    const job = await project.newJob();
    contains(job, { ...DEFAULTS, ...project.job() });
    contains(one(await cloud.get(`${cloud.v2}/jobs/${job.id}/`)), { ...DEFAULTS, ...project.job() });
  }),
  rule("related", "related objects of a job are null or absent unless a request asks for them", async (cloud) => {
    const { newJob } = await newProject(cloud);
    const names = ["account", "project", "environment", "most_recent_run", "most_recent_completed_run"];
    contains(await newJob(), Object.fromEntries(names.map((name) => [name, nullOrAbsent])));
  }),
  rule("nulls", "null means the default for optional fields", async (cloud) => {
    const { newJob } = await newProject(cloud);
    const nulls = {
      id: null,
      description: null,
      dbt_version: null,
      triggers: { github_webhook: false, schedule: false, git_provider_webhook: null, on_merge: null },
      cost_optimization_features: null,
      force_node_selection: null,
      job_completion_trigger_condition: null,
      deferring_job_definition_id: 0,
    };
    contains(await newJob(nulls), DEFAULTS);
  }),
  rule("values", "every setting is kept as it is sent, steps in their order", async (cloud) => {
    const { newJob, environment } = await newProject(cloud);
    const sent = {
      description: "d",
      dbt_version: "latest",
      execute_steps: ["dbt seed", "dbt build", "dbt seed"],
      settings: { threads: 8, target_name: "prod" },
      execution: { timeout_seconds: 900 },
      generate_docs: true,
      run_generate_sources: true,
      generate_sources: true,
      run_lint: true,
      errors_on_lint_failure: false,
      run_compare_changes: true,
      compare_changes_flags: "--select state:new",
      triggers_on_draft_pr: true,
      deferring_environment_id: environment.id,
    };
    const { id } = await newJob(sent);
    contains(one(await cloud.get(`${cloud.v2}/jobs/${id}/`)), sent);
  }),
  rule("same-name", "two jobs may have one name", async (cloud) => {
    const { newJob } = await newProject(cloud);
    must((await newJob()).id !== (await newJob()).id, "they are one job");
  }),
  rule("side-by-side", "requests at the same time are handled one by one: each creates one job", async (cloud) => {
    const project = await newProject(cloud);
    const made = await Promise.all(Array.from({ length: 20 }, (_, i) => project.newJob({ name: `job ${i}` })));
    const names = new Map(
      many(await cloud.get(`${cloud.v2}/jobs/?project_id=${project.id}`)).map(({ id, name }) => [id, name]),
    );
    equal(names, new Map(made.sort((a, b) => a.id - b.id).map(({ id, name }) => [id, name])), "the names by id");
  }),
  rule("listed-at-once", "a job is in the list as soon as it is made", async (cloud) => {
    const project = await newProject(cloud);
    const { id } = await project.newJob({ name: "Conformance [[key]]" });
    contains(many(await cloud.get(`${cloud.v2}/jobs/?project_id=${project.id}`)), [
      { id, name: "Conformance [[key]]" },
    ]);
  }),
  rule(
    "merge",
    "an update keeps fields that it does not name, even those that its client does not know",
    async (cloud) => {
      const { newJob } = await newProject(cloud);
      const kept = { lifecycle_webhooks: true, settings: { threads: 8, target_name: "prod" }, description: "d" };
      contains(await updated(cloud, await newJob(kept), { name: "nightly" }), { name: "nightly", ...kept });
    },
  ),
  rule("self-deferral", "a job may defer to itself, which takes a second request", async (cloud) => {
    const { newJob } = await newProject(cloud);
    const job = await newJob();
    contains(await updated(cloud, job, { deferring_job_definition_id: job.id }), {
      deferring_job_definition_id: job.id,
    });
  }),
  rule(
    "condition",
    "a completion condition is answered as it was sent, survives updates, and null removes it",
    async (cloud) => {
      const { id: project_id, newJob } = await newProject(cloud);
      const { id: job_id } = await newJob();
      const condition = { condition: { job_id, project_id, statuses: [30, 10, 20] } };
      const job = await newJob({ job_completion_trigger_condition: condition });
      contains(job, { job_completion_trigger_condition: condition });
      contains(await updated(cloud, job, { name: "later" }), { job_completion_trigger_condition: condition });
      const without = await updated(cloud, job, { job_completion_trigger_condition: null });
      contains(without, { job_completion_trigger_condition: null });
    },
  ),
  rule("environment", "a list has each job's environment where it is asked for, without lists in it", async (cloud) => {
    const project = await newProject(cloud);
    await project.newJob();
    const environment = {
      id: project.environment.id,
      project_id: project.id,
      name: project.environment["name"],
      type: "deployment",
      deployment_type: null,
      jobs: nullOrAbsent,
      custom_environment_variables: nullOrAbsent,
    };
    for (const filter of [`project_id=${project.id}`, `environment_id=${project.environment.id}`]) {
      const answer = await cloud.get(`${cloud.v2}/jobs?${filter}&include_related=[environment]`);
      contains(many(answer), [{ environment }]);
    }
  }),
  rule(
    "filters",
    "a list is filtered by project, environment, name, ids, version, schedule and system",
    async (cloud) => {
      const project = await newProject(cloud);
      const one = await project.newJob({ name: "Daily [[one]]", triggers: { schedule: true } });
      const elsewhere = await project.newEnvironment();
      const two = await project.newJob({ name: "weekly", environment_id: elsewhere.id, dbt_version: "compatible" });
      const expected: Readonly<Record<string, readonly number[]>> = {
        "": [one.id, two.id],
        [`environment_id=${elsewhere.id}`]: [two.id],
        "name__icontains=DAILY": [one.id],
        [`pk=${two.id}`]: [two.id],
        "dbt_version__in=compatible,extended": [two.id],
        "triggers_schedule=true": [one.id],
        "triggers_schedule=false": [two.id],
        "is_system=true": [],
        "order_by=-name": [two.id, one.id],
      };
      for (const [query, found] of Object.entries(expected)) {
        equal(ids(await cloud.get(`${cloud.v2}/jobs/?project_id=${project.id}&${query}`)), found, query);
      }
      equal(
        ids(await cloud.get(`${cloud.v2}/jobs/?project_id__in=[1,${project.id}]`)),
        [one.id, two.id],
        "project_id__in",
      );
    },
  ),
  rule("overrides", "deleting a job deletes its own values of environment variables", async (cloud) => {
    const project = await newProject(cloud);
    const variables = `${project.path}/environment-variables`;
    await cloud.post(`${variables}/bulk/`, { env_var: { new_name: "DBT_X", project: "1" } });
    const { id } = await project.newJob();
    const body = { type: "job", name: "DBT_X", job_definition_id: id, raw_value: "2", project_id: project.id };
    const override = one(await cloud.post(`${variables}/`, body));
    await cloud.delete(`${cloud.v2}/jobs/${id}/`);
    equal((await cloud.delete(`${variables}/${override.id}/`)).status, 404, "the status of its deletion");
  }),
  rule(
    "features",
    "`cost_optimization_features` is a list, never null, and forcing nodes is its opposite",
    async (cloud) => {
      const { newJob } = await newProject(cloud);
      const job = await newJob({ cost_optimization_features: ["state_aware_orchestration"] });
      contains(job, { cost_optimization_features: ["state_aware_orchestration"], force_node_selection: false });
      const without = await updated(cloud, job, { cost_optimization_features: null });
      contains(without, { cost_optimization_features: list, force_node_selection: true });
    },
  ),
  rule("feature-version", "a job on an older version track loses state-aware orchestration", async (cloud) => {
    const { newJob, newEnvironment } = await newProject(cloud);
    const older = await newEnvironment({ name: "older", dbt_version: "1.9.0-latest" });
    const sent = { environment_id: older.id, cost_optimization_features: ["state_aware_orchestration"] };
    const job = await newJob(sent);
    contains(job, { cost_optimization_features: [], force_node_selection: true });
    contains(await updated(cloud, job, { ...sent, dbt_version: "latest-fusion" }), {
      cost_optimization_features: ["state_aware_orchestration"],
      force_node_selection: false,
    });
    contains(await updated(cloud, job, { dbt_version: "compatible" }), { cost_optimization_features: [] });
    const features = { cost_optimization_features: ["dbt_state"] };
    contains(await newJob({ ...features, environment_id: older.id }), features);
  }),
  rule("feature-alone", "`dbt_state` removes other features", async (cloud) => {
    const { newJob } = await newProject(cloud);
    const job = await newJob({ cost_optimization_features: ["state_aware_orchestration", "dbt_state"] });
    contains(job, { cost_optimization_features: ["dbt_state"] });
  }),
  rule("no-steps", "a job without steps runs `dbt build`", async (cloud) => {
    const { newJob } = await newProject(cloud);
    contains(await newJob({ execute_steps: undefined }), { execute_steps: ["dbt build"] });
  }),
  rule("dbt-state", "a CI job keeps `dbt_state`, and a job with it does not force nodes otherwise", async (cloud) => {
    const { newJob } = await newProject(cloud);
    const features = { cost_optimization_features: ["dbt_state"] };
    contains(await newJob(features), { ...features, force_node_selection: false });
    const ci = await newJob({ triggers: { github_webhook: true }, ...features });
    contains(ci, { job_type: "ci", ...features, force_node_selection: true });
    contains(await updated(cloud, ci, { name: "renamed" }), features);
    contains(await updated(cloud, ci, { cost_optimization_features: [] }), { cost_optimization_features: [] });
  }),
  rule("forces-nodes", "`force_node_selection` false without the feature is rewritten to true", async (cloud) => {
    const { newJob } = await newProject(cloud);
    contains(await newJob({ force_node_selection: false }), { force_node_selection: true });
  }),
]);
