import { z } from "zod";
import { key, time } from "./schema-fields";

const missed = z.number().describe("The number of missed deadlines in a trial, as the mean of all trials.");

/** The result of `simulate`. */
export const simulateResult = z.object({
  from: time,
  to: time,
  trials: z.int(),
  seed: z.int().describe("The same seed and files give the same result."),
  jobs: z
    .array(
      z.object({
        environment: z.string().describe("The name of the environment."),
        key,
        runs: z.number().describe("The number of runs that start in a trial, as the mean of all trials."),
        failed: z.number().describe("The runs of these that fail, or that their timeout cancels."),
        wait_p95_seconds: z.number().describe("95 of 100 runs waited in the queue for this time at most."),
        sla: z
          .object({
            finish_by: z.string().describe("The deadline and its time zone, such as `08:30 Europe/Berlin`."),
            due: z.int().describe("The number of deadlines in the period."),
            missed,
            days: z
              .array(
                z.object({
                  deadline: time,
                  missed_share: z.number().describe("The share of the trials that miss the deadline, from 0 to 1."),
                }),
              )
              .describe("The deadlines that a trial misses."),
            critical_path: z
              .object({
                share: z.number().describe("The share of the days with this path, from 0 to 1."),
                runs: z.array(
                  z.object({
                    key,
                    start: z
                      .enum(["schedule", "run_after", "queue"])
                      .describe("What the start of the run waited for. `queue`: for the end of the run before it."),
                  }),
                ),
              })
              .nullable()
              .describe("The most frequent way to the end of the last run before a deadline; null without a run."),
          })
          .nullable()
          .describe("Null for a job without a deadline in the period."),
      }),
    )
    .describe("All jobs, with the change if there is one."),
  slot_use: z.array(
    z.object({
      environment: z.string(),
      hours: z.array(z.number()).describe("The share of the slots in use in each hour of the day in UTC, from 0 to 1."),
    }),
  ),
  assumed: z
    .object({ keys: z.array(key), seconds: z.number() })
    .describe("The jobs of whose durations nothing is known, and how long each of their runs takes."),
  change: z
    .object({
      sentences: z.array(z.string()).describe("What the change does, as text."),
      effects: z
        .array(
          z.object({
            environment: z.string(),
            key,
            due: z.int(),
            missed_before: missed,
            missed_after: missed,
          }),
        )
        .describe("The jobs that miss another number of deadlines with the change."),
    })
    .nullable()
    .describe("Null without --change or --base."),
});
