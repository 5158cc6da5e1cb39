import type { Data } from "../cloud";
import { contains, equal, many, one, refused, text } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";
import { finished, started, stepsOf } from "./started-run";

export const runTriggers = group(
  "run-triggers",
  [
    rule("cause", "a trigger without a cause, or with an empty one, is refused with 400", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const { id } = await newJob();
      for (const body of [{}, { cause: "" }]) {
        refused(await cloud.post(`${cloud.v2}/jobs/${id}/run/`, body), 400, { cause: text });
      }
    }),
    rule("override-types", "a trigger with an override of another type is refused with 400", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const { id } = await newJob();
      for (const body of [{ threads_override: "4" }, { steps_override: [""] }, { generate_docs_override: "yes" }]) {
        refused(await cloud.post(`${cloud.v2}/jobs/${id}/run/`, { cause: "x", ...body }), 400);
      }
    }),
    rule("no-job", "a missing or deleted job cannot be started: 404", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const { id } = await newJob();
      await cloud.delete(`${cloud.v2}/jobs/${id}/`);
      refused(await cloud.post(`${cloud.v2}/jobs/${id}/run/`, { cause: "x" }), 404);
    }),
    rule("answered", "the trigger has its cause, the category api, and every override", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const overrides = {
        schema_override: "mine",
        dbt_version_override: "compatible",
        target_name_override: "ci",
        threads_override: 7,
        timeout_seconds_override: 60,
        generate_docs_override: true,
        steps_override: ["dbt run"],
        github_pull_request_id: 12,
      };
      const job = await newJob();
      const run = await started(cloud, job.id, { cause: "by hand", ...overrides });
      const trigger = { cause: "by hand", cause_category: "api", job_definition_id: job.id, ...overrides };
      contains(one(await cloud.get(`${cloud.v2}/runs/${run.id}/?include_related=trigger`)), { trigger });
    }),
    rule(
      "pull-request",
      "the ids of pull requests are in the trigger only: outside it the provider expects a text",
      async (cloud) => {
        const { newJob } = await newProject(cloud);
        const run = await started(cloud, (await newJob()).id, { github_pull_request_id: 12 });
        contains(run, { github_pull_request_id: (value: unknown) => typeof value !== "number" });
      },
    ),
    rule("steps-override", "a trigger's steps replace the job's steps", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const run = await started(cloud, (await newJob()).id, { steps_override: ["dbt seed"] });
      const commands = stepsOf(await finished(cloud, run)).map(({ run_step_command: command }) => command?.dbt_command);
      contains([commands.includes("dbt seed"), commands.includes("dbt build")], [true, false]);
    }),
    rule("completion", "the end of a run starts the jobs that wait for such an end, and no others", async (cloud) => {
      const project = await newProject(cloud);
      const first = await project.newJob({ execute_steps: ["dbt build fail"] });
      const after = (statuses: readonly number[]): Promise<Data> =>
        project.newJob({
          job_completion_trigger_condition: { condition: { job_id: first.id, project_id: project.id, statuses } },
        });
      const [onError, onSuccess] = [await after([20, 30]), await after([10])];
      await finished(cloud, await started(cloud, first.id));
      const runsOf = (job: Data): string => `${cloud.v2}/runs/?job_definition_id=${job.id}&include_related=trigger`;
      contains(many(await cloud.get(runsOf(onError))), [{ trigger: { cause_category: "job completion" } }]);
      equal(many(await cloud.get(runsOf(onSuccess))), [], "the runs of the job that waits for a success");
    }),
  ],
  { startsJobs: true },
);
