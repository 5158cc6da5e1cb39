import { z } from "zod";
import { key, time } from "./schema-fields";

const environment = z.string().describe("The name of an environment.");
const runs = z.int().describe("The number of runs.");
const models = z.number().describe("Successful models built.");
const seconds = z.number().describe("Seconds of the warehouse, as dbt measured them.");
const use = z.object({ runs, models, seconds }).nullable();
const node = z.string().describe("The unique id of the node in dbt.");

/** The result of `usage`. */
export const usageResult = z.object({
  from: time,
  to: time,
  month: z.object({
    days: z.array(
      z.object({
        day: z.string().describe("A day in UTC, such as `2026-01-31`."),
        built: z.int().describe("Successful models built on that day."),
        expected: z.number().describe("Successful models that are expected in the rest of the day."),
      }),
    ),
    built: z.int(),
    forecast: z.number().describe("Built and expected models of the whole month."),
    allowance: z.int().nullable().describe("The models that the plan includes; null without --allowance."),
    exceeded_on: z.string().nullable().describe("The first day that exceeds the allowance; null when none does."),
    unknown: z.array(key).describe("Jobs with a schedule that never ran. The forecast has no models of theirs."),
  }),
  jobs: z.array(
    z.object({
      environment,
      key: key.nullable().describe("Null for all jobs that the env file does not have."),
      owner: z.string().nullable(),
      runs,
      models,
      seconds,
    }),
  ),
  owners: z.array(z.object({ owner: z.string().nullable(), runs, models, seconds })),
  slots: z.array(
    z.object({
      environment,
      hours: z.array(z.number()).describe("The mean number of runs in progress in each hour of the day in UTC."),
    }),
  ),
  slowest: z.array(
    z.object({
      model: node,
      runs,
      seconds,
      p50_seconds: z.number(),
      p95_seconds: z.number(),
      trend_percent: z
        .number()
        .nullable()
        .describe("How much longer the newer half took; null for fewer than ten runs."),
    }),
  ),
  tests: z.object({
    flapping: z.array(
      z.object({ test: node, runs, failures: z.int(), changes: z.int().describe("How often the result changed.") }),
    ),
    always_passed: z.array(node).describe("Tests that always passed, in ten runs or more."),
  }),
  comparison: z
    .object({
      before: z.int().describe("The id of a run."),
      after: z.int().describe("The id of a run."),
      nodes: z.array(
        z.object({
          node,
          status_before: z.string().nullable().describe("Null when the run did not have the node."),
          status_after: z.string().nullable(),
          seconds_before: z.number().nullable(),
          seconds_after: z.number().nullable(),
        }),
      ),
    })
    .nullable()
    .describe("Null without --compare."),
  change: z
    .object({
      file: z.string().describe("The env file of --change."),
      days: z.int(),
      saved_models: z.number().describe("Negative when the change builds more models."),
      saved_seconds: z.number(),
      jobs: z.array(z.object({ environment, key, before: use, after: use, by_state: z.boolean() })),
    })
    .nullable()
    .describe("Null without --change."),
});
