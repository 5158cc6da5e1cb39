import { z } from "zod";
import { key, time } from "./schema-fields";

/** The result of `explain`. */
export const explainResult = z.object({
  environment: z.string().describe("The name of the environment."),
  key,
  description: z.string(),
  owner: z.string(),
  schedule: z.string().describe("The schedule in words."),
  cron: z.string().nullable(),
  next_runs: z.array(
    z.object({
      at: time,
      local: z.string().describe("The weekday and the time of day in the env file's time zone."),
      timezone: z.string(),
    }),
  ),
  execute_steps: z.array(z.string()),
  expects: z.array(key).describe("The jobs that must start earlier on the same day."),
  run_after: key.nullable().describe("The key of the job that starts this job."),
  expected_by: z.array(key).describe("The jobs that expect this job."),
  starts: z.array(key).describe("The jobs that run after this job."),
  dbt: z
    .object({
      builds: z.array(z.object({ name: z.string(), type: z.string().describe("model, seed or snapshot.") })),
      tests: z.int().describe("The number of data tests that the job runs."),
      sources: z.array(z.string()).describe("The tables of sources that the job reads, such as `raw.orders`."),
      reads: z
        .array(
          z.object({
            name: z.string(),
            built_by: z.array(key).describe("The jobs of the environment that build the table."),
          }),
        )
        .describe("The tables that the job reads and does not build."),
      read_by: z
        .array(z.object({ key, names: z.array(z.string()) }))
        .describe("The jobs that read tables of this job, with these tables."),
      exposures: z
        .array(z.object({ name: z.string(), label: z.string().nullable() }))
        .describe("The exposures that read tables of this job."),
    })
    .nullable()
    .describe("What dbt resolved; null when dbt cannot resolve the steps."),
  dbt_unknown: z.string().nullable().describe("Why dbt cannot resolve the steps; else null."),
  duration: z
    .object({
      runs: z.int().describe("The number of successful runs in the last 30 days."),
      p50_seconds: z.number(),
      p95_seconds: z.number(),
    })
    .nullable()
    .describe("Null when the duration is not known."),
  duration_unknown: z.string().nullable().describe("Why the duration is not known; else null."),
});
