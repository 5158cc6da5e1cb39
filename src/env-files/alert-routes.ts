import { z } from "zod";
import { textSchema } from "../jobs/definition";
import { refuseRepeats, refusing } from "../jobs/refusal";

/** How urgent an alert is. `critical`: a deadline of `sla` is missed or at risk. `warning`: a job failed, and no deadline depends on it. */
export const SEVERITIES = ["warning", "critical"] as const;

/** The values that say which alerts a receiver gets. */
const filter = {
  severity: z
    .enum(SEVERITIES)
    .default("warning")
    .meta({ description: "The lowest severity that is sent. `critical`: a deadline is at risk. Default: warning." }),
  owners: z
    .array(textSchema)
    .check(refusing(refuseRepeats))
    .default([])
    .meta({
      description: "Only alerts about jobs of these owners. Default: all owners.",
      examples: [["marketing-data-engineering"]],
    }),
};

/** A receiver of alerts. Secrets are in environment variables, never in the file. */
export const alertRouteSchema = z.union(
  [
    z.strictObject({
      email: z.email("an e-mail address: name@example.com").meta({
        description: "The address that gets an e-mail. ALERT_SMTP_URL has the mail server.",
        examples: ["marketing-data@example.com"],
      }),
      ...filter,
    }),
    z.strictObject({
      slack_webhook: z
        .string()
        .regex(/^[A-Z][A-Z0-9_]*$/, "the name of an environment variable, in upper case")
        .meta({
          description: "The environment variable with the URL of an incoming webhook of Slack.",
          examples: ["ALERT_SLACK_WEBHOOK"],
        }),
      ...filter,
    }),
    z.strictObject({
      gitlab_issue: z
        .strictObject({
          label: textSchema
            .regex(/^[^,]*$/, "one label, without a comma")
            .default("dbt-alert")
            .meta({ description: "The label of the issues. Default: dbt-alert." }),
        })
        .meta({
          description: "An issue for each cause, in the project of the pipeline. GITLAB_ALERT_TOKEN writes it.",
        }),
      ...filter,
    }),
  ],
  { error: "one of { email: ADDRESS }, { slack_webhook: VARIABLE } or { gitlab_issue: { label: LABEL } }" },
);

/** A receiver of alerts. */
export type AlertRoute = z.output<typeof alertRouteSchema>;

/** How urgent an alert is. */
export type Severity = (typeof SEVERITIES)[number];
