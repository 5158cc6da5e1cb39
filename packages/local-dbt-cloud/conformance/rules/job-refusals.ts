import { one, refused, text } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";

const NOWHERE = 999_999_999;

/** A body, and the field that its refusal names. */
const REFUSED = [
  ["no-name", "without a name", { name: undefined }, "name"],
  ["empty-name", "with a name of spaces", { name: " " }, "name"],
  ["no-steps", "without steps", { execute_steps: [] }, "execute_steps"],
  ["empty-step", "with an empty step", { execute_steps: [""] }, "execute_steps"],
  ["project", "in a project that there is not", { project_id: NOWHERE }, "project_id"],
  ["environment", "in an environment that there is not", { environment_id: NOWHERE }, "environment_id"],
  ["threads", "without threads", { settings: { threads: 0 } }, "settings"],
  ["timeout", "with a negative timeout", { execution: { timeout_seconds: -5 } }, "execution"],
  ["type", "of another type", { job_type: "zzz" }, "job_type"],
  ["feature", "with another feature", { cost_optimization_features: ["speed"] }, "cost_optimization_features"],
  ["trigger-key", "with a key that triggers do not have", { triggers: { custom_branch_only: false } }, "triggers"],
  ["trigger-text", "with a text for a trigger", { triggers: { schedule: "false" } }, "triggers"],
  ["merge-and", "on merges with another trigger", { triggers: { on_merge: true, schedule: true } }, "triggers"],
  [
    "defer-job",
    "deferring to a job that there is not",
    { deferring_job_definition_id: NOWHERE },
    "deferring_job_definition_id",
  ],
  [
    "defer-environment",
    "deferring to an environment that there is not",
    { deferring_environment_id: NOWHERE },
    "deferring_environment_id",
  ],
  ["compare", "comparing changes with no environment", { run_compare_changes: true }, "run_compare_changes"],
  [
    "after",
    "after a job that there is not",
    { job_completion_trigger_condition: { condition: { job_id: NOWHERE, project_id: 1, statuses: [10] } } },
    "job_completion_trigger_condition",
  ],
  ["state", "with another state", { state: 3 }, "state"],
] as const;

export const jobRefusals = group("job-refusals", [
  ...REFUSED.map(([id, words, body, field]) =>
    rule(id, `a job ${words} is refused with 400 at \`${field}\``, async (cloud) => {
      const { job } = await newProject(cloud);
      refused(await cloud.post(`${cloud.v2}/jobs/`, job(body)), 400, {
        [field]: (message: unknown) => message !== undefined,
      });
    }),
  ),
  rule("other-project", "a job in an environment of another project is refused with 400", async (cloud) => {
    const [project, other] = [await newProject(cloud), await newProject(cloud)];
    const body = project.job({ environment_id: other.environment.id });
    refused(await cloud.post(`${cloud.v2}/jobs/`, body), 400, { environment_id: text });
  }),
  rule("defer-both", "a job that defers to a job and to an environment is refused with 400", async (cloud) => {
    const project = await newProject(cloud);
    const { id } = await project.newJob();
    const both = { deferring_job_definition_id: id, deferring_environment_id: project.environment.id };
    refused(await cloud.post(`${cloud.v2}/jobs/`, project.job(both)), 400);
  }),
  rule(
    "end",
    "a job after an unknown end is refused with 400, because the provider could not read it",
    async (cloud) => {
      const project = await newProject(cloud);
      const { id: job_id } = await project.newJob();
      for (const statuses of [[0], [10, 40], []]) {
        const condition = { condition: { job_id, project_id: project.id, statuses } };
        refused(
          await cloud.post(`${cloud.v2}/jobs/`, project.job({ job_completion_trigger_condition: condition })),
          400,
        );
      }
    },
  ),
  rule("cycle", "jobs that would start each other forever are refused with 400 and the name of each", async (cloud) => {
    const project = await newProject(cloud);
    const after = (job_id: number): object => ({
      job_completion_trigger_condition: { condition: { job_id, project_id: project.id, statuses: [10] } },
    });
    const first = await project.newJob({ name: "first" });
    const second = await project.newJob({ name: "second", ...after(first.id) });
    const third = await project.newJob({ name: "third", ...after(second.id) });
    const path = `${cloud.v2}/jobs/${first.id}/`;
    for (const [last, names] of [
      [first, ["first"]],
      [second, ["first", "second"]],
      [third, ["first", "second", "third"]],
    ] as const) {
      const answer = await cloud.post(path, after(last.id));
      const namesAll = (message: unknown): boolean => names.every((name) => String(message).includes(name));
      refused(answer, 400, { job_completion_trigger_condition: { condition: { job_id: namesAll } } });
    }
    one(await cloud.post(path, { job_completion_trigger_condition: null }));
  }),
]);
