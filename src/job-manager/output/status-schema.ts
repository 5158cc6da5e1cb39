import { z } from "zod";
import { failedNode, key, time, url } from "./schema-fields";

const runOfCommit = z.object({
  run_id: z.int(),
  created_at: z.string(),
  commit: z.string().nullable().describe("The git commit; null when dbt Cloud does not know it."),
});

const failure = z.object({
  since: runOfCommit.describe("The first of the failures without a success between them."),
  failures: z.int().describe("The number of these failures."),
  last_success: runOfCommit.nullable().describe("The last success before them."),
  runs_read: z.int().describe("The number of the job's newest runs that were read. Cancelled runs do not count."),
  runs_failed: z.int().describe("How many of them failed."),
  same_way: z.array(z.int()).describe("Earlier runs in which the same test, model or step failed, newest first."),
  recovered_on_same_commit: z
    .int()
    .nullable()
    .describe("A run that succeeded directly after such a failure on the same commit: the failure may be flaky."),
  row_commands: z.array(z.string()).describe("Commands of dbt that show the failing rows of data tests."),
  waiting: z.array(key).describe("The jobs that wait for this job, directly or through other jobs."),
  deadlines_at_risk: z
    .array(z.object({ key, at: time }))
    .describe(
      "The deadlines of this job and of the waiting jobs later today that are not met yet, the earliest first.",
    ),
});

/** The result of `status`. */
export const statusResult = z.array(
  z.object({
    key,
    id: z.int().nullable().describe("Null for a job that is not deployed."),
    last_run: z
      .object({
        id: z.int(),
        status: z.string(),
        is_failure: z.boolean(),
        finished_at: z.string().nullable(),
        duration: z.string().nullable(),
        url,
        failed_step: z.string().nullable(),
        failed: z.array(failedNode),
        log: z.array(z.string()).describe("The lines of the log that explain the failure."),
        failure: failure.nullable().describe("Null when the run did not fail."),
      })
      .nullable(),
    expects: z.array(z.object({ key, status: z.string() })),
    sla: z
      .object({ deadline: time, missed: z.string().nullable().describe("Why the job missed its deadline.") })
      .nullable(),
    url: url.nullable(),
  }),
);
