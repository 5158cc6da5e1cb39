import { z } from "zod";
import { CAUSES, SLA_KINDS } from "../run-history/causes";
import { time, url } from "./schema-fields";

/** The result of `sla`. */
export const slaReport = z.object({
  from: time,
  to: time,
  jobs: z.array(
    z.object({
      key: z.string().describe("The job's key in the env file, or the name of a mart or an exposure."),
      kind: z.enum(SLA_KINDS),
      target: z.number().describe("The percentage of deadlines that must be met."),
      finish_by: z.string().describe("The deadline and its time zone, such as `08:30 Europe/Berlin`."),
      due: z.int().describe("The number of deadlines in the period."),
      met: z.int(),
      attained: z.number().nullable().describe("The met deadlines in percent; null without a deadline."),
      uptime: z
        .number()
        .nullable()
        .describe(
          "The share of the period in which the newest result was in time, in percent; null without a deadline.",
        ),
      budget_left: z.number().describe("How many more deadlines the job may miss; negative when it missed too many."),
      is_kept: z.boolean().nullable().describe("Whether the job kept its target; null without a deadline."),
      duration: z
        .object({
          runs: z.int().describe("The number of successful runs."),
          p50_seconds: z.number(),
          p95_seconds: z.number(),
          trend_percent: z
            .number()
            .nullable()
            .describe("How much longer the newer half of the runs took; null for fewer than ten runs."),
        })
        .nullable()
        .describe("Null when no run succeeded, and for marts and exposures."),
      misses: z.array(
        z.object({
          deadline: time,
          cause: z.enum(CAUSES),
          words: z.string().describe("The cause in words."),
          run_id: z.int().nullable().describe("Null when no run started on that day."),
          url: url.nullable(),
        }),
      ),
    }),
  ),
});
