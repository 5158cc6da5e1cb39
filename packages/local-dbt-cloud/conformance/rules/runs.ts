import {
  contains,
  equal,
  flag,
  integer,
  integerOrNull,
  list,
  nullOrAbsent,
  one,
  text,
  textOrNull,
} from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";
import { clock, finished, started, stepsOf } from "./started-run";

/** The fields of every run. */
const RUN = {
  id: integer,
  trigger_id: integer,
  status_humanized: text,
  dbt_version: text,
  git_branch: textOrNull,
  git_sha: textOrNull,
  status_message: textOrNull,
  deferring_run_id: integerOrNull,
  retrying_run_id: integerOrNull,
  artifacts_saved: flag,
  has_docs_generated: flag,
  has_sources_generated: flag,
  notifications_sent: flag,
  used_repo_cache: flag,
  blocked_by: list,
  created_at: text,
  updated_at: text,
  should_start_at: text,
  dequeued_at: textOrNull,
  started_at: textOrNull,
  finished_at: textOrNull,
  duration: clock,
  queued_duration: clock,
  run_duration: clock,
  duration_humanized: text,
  can_retry: flag,
  href: text,
};

/** The flags of a run by its status. */
function flags(status: 10 | 20 | 30): object {
  return {
    status,
    status_humanized: { 10: "Success", 20: "Error", 30: "Cancelled" }[status],
    in_progress: false,
    is_complete: true,
    is_running: false,
    is_success: status === 10,
    is_error: status === 20,
    is_cancelled: status === 30,
  };
}

const EMBEDDED = ["trigger", "job", "environment", "repository", "run_steps", "audit"];

export const runs = group(
  "runs",
  [
    rule(
      "started",
      "a run that is started is answered at once, queued or running, with the ids of its job",
      async (cloud) => {
        const project = await newProject(cloud);
        const job = await project.newJob();
        const run = await started(cloud, job.id);
        contains(run, {
          ...RUN,
          account_id: cloud.accountId,
          project_id: project.id,
          environment_id: project.environment.id,
          job_definition_id: job.id,
          job_id: job.id,
          status: (value: unknown) => [1, 2, 3].includes(value as number),
          in_progress: true,
          is_complete: false,
          finished_at: null,
        });
      },
    ),
    rule("success", "a run whose steps succeed ends with status 10 and its flags", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const run = await finished(cloud, await started(cloud, (await newJob()).id));
      contains(run, {
        ...RUN,
        ...flags(10),
        started_at: text,
        finished_at: text,
        can_retry: false,
        artifacts_saved: true,
      });
    }),
    rule(
      "error",
      "a run ends with status 20 at the first step that fails; those after it are cancelled",
      async (cloud) => {
        const { newJob } = await newProject(cloud);
        const job = await newJob({ execute_steps: ["dbt build fail", "dbt test"] });
        const run = await finished(cloud, await started(cloud, job.id));
        contains(run, { ...flags(20), status_message: text });
        contains(
          stepsOf(run)
            .slice(-2)
            .map(({ status }) => status),
          [20, 30],
        );
      },
    ),
    rule("cancel", "a run that is cancelled ends with status 30", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const run = await started(cloud, (await newJob({ execute_steps: ["dbt build wait"] })).id);
      contains(one(await cloud.post(`${cloud.v2}/runs/${run.id}/cancel/`)), { id: run.id });
      contains(await finished(cloud, run), flags(30));
    }),
    rule("cancel-ended", "cancelling a run that has ended changes nothing", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const run = await finished(cloud, await started(cloud, (await newJob()).id));
      contains(one(await cloud.post(`${cloud.v2}/runs/${run.id}/cancel/`)), { status: 10 });
    }),
    rule("embedded", "related objects of a run are null or absent unless a request asks for them", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const { id } = await started(cloud, (await newJob()).id);
      const run = one(await cloud.get(`${cloud.v2}/runs/${id}/`));
      contains(run, Object.fromEntries(EMBEDDED.map((name) => [name, nullOrAbsent])));
    }),
    rule(
      "related",
      "trigger, job, environment and steps are embedded if a request asks for them, in every spelling",
      async (cloud) => {
        const project = await newProject(cloud);
        const job = await project.newJob();
        const { id } = await finished(cloud, await started(cloud, job.id));
        for (const related of [
          "trigger,job,environment,run_steps",
          "[trigger,job,environment,run_steps]",
          '["trigger","job","environment","run_steps"]',
        ]) {
          contains(one(await cloud.get(`${cloud.v2}/runs/${id}/?include_related=${related}`)), {
            trigger: { cause: text },
            job: { id: job.id },
            environment: { id: project.environment.id, jobs: nullOrAbsent },
            run_steps: list,
          });
        }
      },
    ),
    rule("outlives-job", "a run still exists after its job was deleted", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const job = await newJob();
      const { id } = await finished(cloud, await started(cloud, job.id));
      await cloud.delete(`${cloud.v2}/jobs/${job.id}/`);
      contains(one(await cloud.get(`${cloud.v2}/runs/${id}/`)), { id, job_id: job.id });
    }),
    rule("href", "`href` leads a person to the run", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const { href } = await started(cloud, (await newJob()).id);
      const { status, headers } = await cloud.get(new URL(href as string, "http://127.0.0.1").pathname);
      contains([status, headers.location], [302, text]);
      equal((await cloud.get(headers.location!)).status, 200, "the status of the page");
    }),
  ],
  { startsJobs: true },
);
