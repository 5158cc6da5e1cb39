import { z } from "zod";
import { SEVERITIES } from "../../env-files/alert-routes";
import { key, time, url } from "./schema-fields";

const id = z.string().describe("The cause. It stays the same as long as the cause lasts.");

/** The result of `alert`. */
export const alertResult = z.object({
  alerts: z
    .array(
      z.object({
        id,
        severity: z.enum(SEVERITIES),
        subject: z.string().describe("The alert in one line."),
        owners: z.array(z.string()),
        failures: z.array(z.object({ key, run_id: z.int(), step: z.string().nullable(), nodes: z.array(z.string()) })),
        deadlines: z.array(
          z.object({
            key,
            at: time,
            state: z.enum(["at_risk", "missed"]),
            words: z.string().describe("Why, in words."),
          }),
        ),
        waiting: z.array(key).describe("The jobs that expect a job of the alert or run after it."),
        url: url.nullable().describe("The run to look at; null when none started."),
      }),
    )
    .describe("All causes that are open."),
  deliveries: z
    .array(
      z.object({
        route: z.string().describe("The receiver, without secrets."),
        told: z
          .array(id)
          .describe("The causes that the receiver was told about, because they are new or have changed."),
        recovered: z.array(id).describe("The causes whose end the receiver was told."),
        error: z.string().nullable().describe("Why the receiver could not be reached; null when it was."),
      }),
    )
    .describe("One for each receiver of the env file; empty with --dry-run."),
});
