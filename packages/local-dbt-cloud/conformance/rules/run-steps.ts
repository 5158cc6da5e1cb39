import { contains, integer, must, nullOrAbsent, one, refused, text } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";
import { clock, finished, started, stepsOf } from "./started-run";

export const runSteps = group(
  "run-steps",
  [
    rule("keys", "steps are numbered from 1 and have status, log and times", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const run = await finished(cloud, await started(cloud, (await newJob()).id));
      for (const [i, step] of stepsOf(run).entries()) {
        contains(step, {
          id: integer,
          run_id: run.id,
          account_id: cloud.accountId,
          index: i + 1,
          status: 10,
          status_humanized: "Success",
          status_color: text,
          name: text,
          logs: text,
          started_at: text,
          finished_at: text,
          duration: clock,
          duration_humanized: text,
          run_step_invocation: { run_id: run.id, run_step_id: step.id },
        });
      }
      contains(stepsOf(run).at(-1), { run_step_command: { dbt_command: "dbt build" } });
    }),
    rule(
      "last-lines",
      "a step's log has its last 1,000 lines, and all lines if the request asks for debug logs",
      async (cloud) => {
        const { newJob } = await newProject(cloud);
        const run = await finished(
          cloud,
          await started(cloud, (await newJob({ execute_steps: ["dbt build chatty"] })).id),
        );
        const linesWith = async (query: string): Promise<number> => {
          const step = stepsOf(
            one(await cloud.get(`${cloud.v2}/runs/${run.id}/?include_related=run_steps${query}`)),
          ).at(-1)!;
          return step.logs.trimEnd().split("\n").length;
        };
        must((await linesWith("")) <= 1000, "the log is longer");
        must((await linesWith(",debug_logs")) > 1000, "the whole log is not answered");
      },
    ),
    rule("one", "a step is read by its own id, with dbt's log if the request asks for it", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const run = await finished(cloud, await started(cloud, (await newJob()).id));
      const { id } = stepsOf(run).at(-1)!;
      contains(one(await cloud.get(`${cloud.v2}/steps/${id}/`)), { id, run_id: run.id, debug_logs: nullOrAbsent });
      contains(one(await cloud.get(`${cloud.v2}/steps/${id}/?include_related=debug_logs`)), { id, debug_logs: text });
      refused(await cloud.get(`${cloud.v2}/steps/999999999/`), 404);
    }),
  ],
  { startsJobs: true },
);
