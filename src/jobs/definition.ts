import { z } from "zod";
import { refuseStep } from "./dbt-step";
import { JOB_KEY } from "./names";
import { refuseRepeats, refusing, type Refusal } from "./refusal";
import { RUN_ENDINGS } from "./run-status";
import { daysSchema, scheduleSchema, timeOfDaySchema } from "./schedule";
import { SECRET_NAME } from "./secret-name";
import { timeZoneSchema } from "./time-zone";

/** The purposes of jobs, as the marketing team groups its reports. */
export const JOB_CATEGORIES = [
  "attribution",
  "campaign",
  "customer",
  "marketing_automation",
  "executive_reporting",
  "validation",
] as const;

/** The events for which a notification can be sent. */
export const NOTIFICATION_EVENTS = ["success", "failure", "warning", "cancel"] as const;

/** The release tracks and versions that dbt Cloud accepts for an environment or a job. */
const DBT_VERSION =
  /^(?:compatible|extended|latest|fallback|versionless|latest-fusion|fusion-stable|fusion-extended|fusion-nightly|fusion-fallback|\d+\.\d+\.0-(?:latest|pre))$/;

/** Text that is not empty. */
export const textSchema = z
  .string()
  .trim()
  .min(1)
  .regex(/^(?:[^\p{Cc}]|[\n\t])*$/u, "text without control characters");

/** A job's key in an env file. */
export const jobKeySchema = z
  .string()
  .regex(
    JOB_KEY,
    "lower case letters and digits, words joined by single hyphens, starting with a letter: ad-platform-sync",
  );

/** An id from dbt Cloud. */
export const idSchema = z.int().min(1);

export const dbtVersionSchema = z
  .string()
  .regex(
    DBT_VERSION,
    "a release track (latest, compatible, extended, fallback, latest-fusion, fusion-stable, fusion-extended, fusion-nightly, fusion-fallback) or a version such as 1.11.0-latest",
  );

/** Environment variables as dbt reads them: `DBT_…` in upper case, values as text. */
export const environmentVariablesSchema = z
  .record(
    z
      .string()
      .regex(/^DBT_[A-Z0-9_]*[A-Z0-9]$/, "an upper case name that starts with DBT_")
      .check(refusing(refuseSecret)),
    z.string().check(refusing(refuseEmptyValue)),
  )
  .default({});

/**
 * The recipient and the outcomes of a notification. The recipient is a dbt Cloud user, or an e-mail address or a Slack
 * channel of that user.
 */
export const notificationSchema = z.strictObject({
  on: z
    .array(z.enum(NOTIFICATION_EVENTS))
    .min(1)
    .check(refusing(refuseRepeats))
    .meta({ description: "The outcomes that send the notification.", examples: [["failure", "warning"]] }),
  user_id: idSchema.meta({
    description: "The dbt Cloud user who owns the notification. dbt Cloud also requires one for e-mail and Slack.",
  }),
  email: z
    .email("an e-mail address: name@example.com")
    .optional()
    .meta({ description: "An address outside dbt Cloud. Default: the user's own." }),
  slack_channel: z
    .strictObject({
      id: textSchema.meta({ description: "The channel's id in Slack." }),
      name: textSchema.meta({ description: "The channel's name, as Slack shows it." }),
    })
    .optional()
    .meta({ description: "A Slack channel instead of an e-mail address." }),
});

/** Runs this job after another job of the same environment. */
const runAfterSchema = z.strictObject({
  job: jobKeySchema.meta({ description: "The key of the job to follow." }),
  on: z
    .array(z.enum(RUN_ENDINGS))
    .min(1)
    .check(refusing(refuseRepeats))
    .default(["success"])
    .meta({ description: "The outcomes of the other job that start this one. Default: success." }),
});

/** Git events that run a job. */
const triggersSchema = z.strictObject({
  github_webhook: z
    .boolean()
    .default(false)
    .meta({ description: "Run on GitHub pull requests (CI job). Default: false." }),
  git_provider_webhook: z
    .boolean()
    .default(false)
    .meta({ description: "Run on merge requests of GitLab or Azure DevOps (CI job). Default: false." }),
  on_merge: z
    .boolean()
    .default(false)
    .meta({ description: "Run when a pull or merge request is merged. Default: false." }),
});

const deferToSchema = z.union(
  [
    z.literal("self"),
    z.strictObject({ job: jobKeySchema.meta({ description: "The key of another job of this file." }) }),
    z.strictObject({
      environment: textSchema.meta({ description: "The name of an environment, as in its env file." }),
    }),
  ],
  { error: "one of self, { job: KEY } or { environment: NAME }" },
);

/** The time by which a job, or the data that jobs build, must be ready on each day. */
export const slaSchema = z.strictObject({
  finish_by: timeOfDaySchema().meta({ description: "The time by which the day's run must finish, in `timezone`." }),
  timezone: timeZoneSchema.optional().meta({
    description: "The time zone of `finish_by` and `days`. Default: the file's `timezone`.",
    examples: ["Europe/Berlin"],
  }),
  days: daysSchema.meta({
    description: "The days of the week with a deadline. Default: every day on which the job starts.",
    examples: [["monday", "tuesday", "wednesday", "thursday", "friday"]],
  }),
  target: z
    .number()
    .gt(0)
    .max(100)
    .default(99.9)
    .meta({ description: "The percentage of deadlines that must be met. Default: 99.9." }),
});

/**
 * A job as an env file declares it, with all defaults. The keys are those of the file, of dbt Cloud or of Terraform, so
 * a name in an error is the same everywhere.
 */
export const jobSchema = z.strictObject({
  category: z.enum(JOB_CATEGORIES).meta({ description: "What the job is for.", examples: ["attribution"] }),
  description: textSchema.meta({
    description: "What the job does and for whom, shown in dbt Cloud.",
    examples: ["Core attribution models for the morning reports"],
  }),
  owner: textSchema.meta({
    description: "The team that is responsible for the job.",
    examples: ["marketing-data-engineering"],
  }),
  execute_steps: z
    .array(z.string().trim().check(refusing(refuseStep)))
    .min(1)
    .meta({
      description: "The dbt commands of the job, in the order in which they run.",
      examples: [["dbt build --select tag:core"]],
    }),
  schedule: scheduleSchema.optional(),
  paused: z.boolean().default(false).meta({ description: "Keeps the schedule but starts no run. Default: false." }),
  expects: z
    .array(jobKeySchema)
    .check(refusing(refuseRepeats))
    .default([])
    .meta({
      description: "Jobs of this file that must start earlier on the same UTC day. It triggers nothing. Default: none.",
      examples: [["attribution"]],
    }),
  run_after: runAfterSchema.optional().meta({
    description: "Starts this job when another job has ended. It replaces a schedule.",
    examples: [{ job: "attribution", on: ["success"] }],
  }),
  triggers: triggersSchema.prefault({}).meta({ description: "Git events that run the job. Default: none." }),
  triggers_on_draft_pr: z
    .boolean()
    .default(false)
    .meta({ description: "A CI job also runs on draft requests. Default: false." }),
  target_name: textSchema.default("default").meta({ description: "dbt's target.name. Default: default." }),
  threads: z
    .int()
    .min(1)
    .max(64)
    .default(4)
    .meta({ description: "How many models dbt builds at the same time. Default: 4.", examples: [4] }),
  timeout_seconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(0)
    .meta({ description: "Seconds after which dbt Cloud cancels a run; 0 means never. Default: 0.", examples: [3600] }),
  dbt_version: dbtVersionSchema
    .optional()
    .meta({ description: "The job's release track. Default: that of the environment." }),
  generate_docs: z.boolean().default(false).meta({ description: "Generate docs after the steps. Default: false." }),
  run_generate_sources: z.boolean().default(false).meta({
    description:
      "Check the freshness of all sources before the steps; a stale source does not fail the run. Default: false.",
  }),
  defer_to: deferToSchema.optional().meta({
    description:
      "Where dbt looks for models that the job does not select: in this job's last run, in another job, or in an environment. Default: nowhere.",
    examples: ["self", { job: "attribution" }, { environment: "production" }],
  }),
  run_compare_changes: z.boolean().default(false).meta({
    description: "A CI job compares its changes with an environment, which defer_to must name. Default: false.",
  }),
  compare_changes_flags: textSchema
    .default("--select state:modified")
    .meta({ description: "The dbt flags that select what is compared. Default: --select state:modified." }),
  run_lint: z.boolean().default(false).meta({ description: "A CI job lints the changed SQL first. Default: false." }),
  errors_on_lint_failure: z.boolean().default(true).meta({ description: "A lint error fails the run. Default: true." }),
  cost_optimization_features: z
    .array(z.enum(["state_aware_orchestration", "dbt_state"]))
    .default([])
    .meta({ description: "dbt Cloud features that skip unchanged models. Default: none." }),
  environment_variables: environmentVariablesSchema.meta({
    description: "Values of environment variables for this job. They override those of the environment. Default: none.",
    examples: [{ DBT_ATTRIBUTION_WINDOW_DAYS: "7" }],
  }),
  notifications: z
    .array(notificationSchema)
    .default([])
    .meta({ description: "Notifications of this job, in addition to those of the file. Default: none." }),
  sla: slaSchema.optional().meta({
    description: "When the job must finish. Reports use it; it changes no run.",
    examples: [{ finish_by: "06:00", target: 99.9 }],
  }),
  moved_from: jobKeySchema
    .optional()
    .meta({ description: "The job's former key; Terraform then moves it instead of replacing it." }),
  adopt_job_id: idSchema
    .optional()
    .meta({ description: "The id of a job made by hand in dbt Cloud. Terraform takes it over under this key." }),
  adopt_override_ids: z
    .record(z.string(), idSchema)
    .optional()
    .meta({
      description:
        "The ids of the adopted job's own values of environment variables, by name. Terraform takes them over with the job.",
      examples: [{ DBT_ATTRIBUTION_WINDOW_DAYS: 5100 }],
    }),
});

/** A job as an env file declares it, with all defaults. */
export type JobDefinition = z.output<typeof jobSchema>;

/** The recipient and the outcomes of a notification. */
export type NotificationDefinition = z.output<typeof notificationSchema>;

/** Whether git events start the job. dbt Cloud does not run the schedule of such a job. */
export function runsOnGitEvents(triggers: JobDefinition["triggers"]): boolean {
  return triggers.github_webhook || triggers.git_provider_webhook || triggers.on_merge;
}

/** The text that dbt Cloud shows below a job's name: the description and the responsible team. */
export function jobDescription(job: Pick<JobDefinition, "description" | "owner">): string {
  return `${job.description}\n\nOwner: ${job.owner}`;
}

function refuseSecret(name: string): Refusal | undefined {
  if (!SECRET_NAME.test(name)) return undefined;
  return {
    reason: "a secret must not be in a file",
    allowed: "names without secret, password, token or key in them",
    fix: "set it in dbt Cloud as DBT_ENV_SECRET_…, under the project's environment variables, and remove it here",
  };
}

/** dbt Cloud removes a variable with an empty value, so every plan would add it again. */
function refuseEmptyValue(value: string): Refusal | undefined {
  if (value !== "") return undefined;
  return {
    reason: "an empty value removes the variable",
    allowed: "text that is not empty",
    fix: "leave the variable out",
  };
}
