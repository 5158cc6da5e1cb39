import { contains, one, refused, text } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";
import { finished, started } from "./started-run";

export const runRetries = group(
  "run-retries",
  [
    rule("impossible", "a run that did not fail cannot be retried: 400", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const run = await finished(cloud, await started(cloud, (await newJob()).id));
      contains(run, { can_retry: false, retry_not_supported_reason: "RETRY_NOT_FAILED_RUN" });
      refused(await cloud.post(`${cloud.v2}/runs/${run.id}/retry/`), 400);
    }),
    rule("retry", "a failed run names its failed and skipped steps, and is retried as a new run", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const job = await newJob({ execute_steps: ["dbt build fail", "dbt test"] });
      const run = await finished(cloud, await started(cloud, job.id));
      contains(run, { can_retry: true, retry_not_supported_reason: null });
      contains(one(await cloud.get(`${cloud.v2}/runs/${run.id}/retry/`)), {
        failed_step: text,
        skipped_steps: [text],
      });
      const retry = one(await cloud.post(`${cloud.v2}/runs/${run.id}/retry/`));
      contains(retry, { id: (id: unknown) => id !== run.id, retrying_run_id: run.id, job_id: job.id });
      contains(await finished(cloud, retry), { status: 10 });
    }),
    rule(
      "rerun",
      "a rerun continues from the point of failure, or is a new run when the last one did not fail",
      async (cloud) => {
        const { newJob } = await newProject(cloud);
        const { id } = await newJob();
        await finished(cloud, await started(cloud, id));
        const again = one(await cloud.post(`${cloud.v2}/jobs/${id}/rerun/`));
        contains(again, { retrying_run_id: null, trigger: { cause_category: "rerun" } });
        await finished(cloud, again);
        const failed = await finished(cloud, await started(cloud, id, { steps_override: ["dbt build fail"] }));
        contains(one(await cloud.post(`${cloud.v2}/jobs/${id}/rerun/`)), { retrying_run_id: failed.id });
      },
    ),
  ],
  { startsJobs: true },
);
