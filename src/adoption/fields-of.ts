import { inShort } from "../env-files/finding";
import { withoutCredentials } from "../env-files/secrets";
import { JOB_CATEGORIES, jobSchema, runsOnGitEvents } from "../jobs/definition";
import { endingOf } from "../jobs/run-status";
import { SECRET_NAME } from "../jobs/secret-name";
import type { CloudJob, FoundJob, RemarkOfJob } from "./found-job";
import { cronIn, scheduleFrom } from "./schedule-of";

/** What the fields of a job depend on. */
export interface FieldContext {
  /** The project that the env file names; undefined when Terraform makes it. */
  readonly projectId?: number;
  /** The `defaults` of the env file. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The responsible team of jobs whose description does not name one. */
  readonly owner: string;
  /** The key of another job by its id in dbt Cloud; undefined for a job that is not in the file. */
  readonly keyOf: (id: number) => string | undefined;
  /** The name of an environment by its id in dbt Cloud; undefined when no env file has it. */
  readonly environmentOf: (id: number) => string | undefined;
}

/** The fields of a job for an env file, and what they do not say. */
export interface JobFields {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly remarks: readonly RemarkOfJob[];
}

/** Fields of dbt Cloud that follow from others, or that say what a job has done. */
const DERIVED = new Set(
  `account_id project_id environment_id name created_at updated_at is_deferrable is_system deactivated run_failure_count raw_dbt_version
  next_run next_run_humanized cron_humanized fusion_readiness account project environment most_recent_run most_recent_completed_run
  lifecycle_webhooks_url generate_sources identifier linked_id id state job_type force_node_selection`.split(/\s+/),
);

const {
  category: _category,
  description: _description,
  owner: _owner,
  execute_steps: _steps,
  ...optional
} = jobSchema.parse({ category: "validation", description: "x", owner: "x", execute_steps: ["dbt build"] });

/** The values that absent fields have. */
const DEFAULTS: Readonly<Record<string, unknown>> = optional;

/**
 * Translates a job of dbt Cloud to the fields of an env file. It leaves out values that the env file's defaults already say.
 */
export function fieldsOf({ id, job, variables }: FoundJob, context: FieldContext): JobFields {
  const collected = new Fields(context.defaults);
  addTexts(collected, job, context);
  addStart(collected, job, context);
  addSettings(collected, job);
  addDeferral(collected, id, job, context);
  addCostOptimization(collected, job);
  for (const [name, { value }] of variables) addVariable(collected, name, value);
  if (job.state === 2) {
    const reason = "the job is not active there, and the YAML declares it as active";
    collected.remark("changed", "is_active", false, reason, "remove the job from the YAML if nobody needs it");
  }
  for (const field of Object.keys(job)) addUnknown(collected, field, job[field]);
  return { fields: collected.inOrder(), remarks: collected.remarks };
}

/** The fields that were found, and the remarks about them. */
class Fields {
  readonly remarks: RemarkOfJob[] = [];
  private readonly values = new Map<string, unknown>();

  constructor(private readonly defaults: Readonly<Record<string, unknown>>) {}

  /** Adds a value. An absent value, and a value that the defaults have, is left out. */
  set(name: string, value: unknown): void {
    if (value === undefined || value === null) return;
    const inherited = this.inherited(name);
    if (JSON.stringify(inherited) !== JSON.stringify(value)) this.values.set(name, value);
  }

  /** The value that the job has when the YAML says nothing. */
  inherited(name: string): unknown {
    return this.defaults[name] ?? DEFAULTS[name];
  }

  /** Adds an entry of a mapping. */
  put(name: string, key: string, value: unknown): void {
    this.values.set(name, { ...(this.values.get(name) as object | undefined), [key]: value });
  }

  remark(kind: RemarkOfJob["kind"], field: string, value: unknown, reason: string, fix: string): void {
    this.remarks.push({ kind, field, value: inShort(value), reason, fix });
  }

  /** The fields in the order of the schema. */
  inOrder(): Record<string, unknown> {
    const names = Object.keys(jobSchema.shape).filter((name) => this.values.has(name));
    return Object.fromEntries(names.map((name) => [name, this.values.get(name)]));
  }
}

const OWNER = /\n\s*Owner: ([^\n]+)$/;

function addTexts(to: Fields, job: CloudJob, { owner }: FieldContext): void {
  const category = categoryOf(job);
  to.set("category", category);
  to.remark(
    "check",
    "category",
    category,
    "dbt Cloud has no categories, so the words of the job chose it",
    "change it where another one fits better",
  );

  const text = (job.description ?? "")
    .replaceAll("\r\n", "\n")
    .replace(/[^\P{Cc}\n\t]/gu, "")
    .trim();
  const named = OWNER.exec(text)?.[1];
  const description = withoutCredentials(text.replace(OWNER, "").trim() || job.name.trim() || "No description");
  to.set("description", description);
  to.set("owner", named ?? owner);
  if (`${description}\n\nOwner: ${named ?? owner}` !== job.description) {
    to.remark(
      "changed",
      "description",
      undefined,
      `the description in dbt Cloud gets the line "Owner: ${named ?? owner}" at its end`,
      "change `owner` if another team is responsible",
    );
  }
  const steps = job.execute_steps ?? [];
  const safe = steps.filter((step) => withoutCredentials(step) === step);
  to.set("execute_steps", safe);
  if (safe.length < steps.length) {
    to.remark(
      "lost",
      "execute_steps",
      undefined,
      "a step has a value that looks like a password or a token",
      "put the value into a variable DBT_ENV_SECRET_… in dbt Cloud, and write the step without it",
    );
  }
}

const WORDS: readonly (readonly [(typeof JOB_CATEGORIES)[number], RegExp])[] = [
  ["validation", /valid|test|check|quality|\bci\b/],
  ["executive_reporting", /executive|dashboard|report|kpi/],
  ["attribution", /attribut/],
  ["marketing_automation", /automation|e-?mail|newsletter/],
  ["customer", /customer|ltv|lifetime|segment|cohort|churn|funnel/],
];

function categoryOf({ name, execute_steps }: CloudJob): (typeof JOB_CATEGORIES)[number] {
  const byWords = (text: string): (typeof JOB_CATEGORIES)[number] | undefined =>
    WORDS.find(([, words]) => words.test(text.toLowerCase()))?.[0];
  return byWords(name) ?? byWords((execute_steps ?? []).join(" ").replaceAll("dbt test", "")) ?? "campaign";
}

function addStart(to: Fields, job: CloudJob, context: FieldContext): void {
  const { schedule: onSchedule, ...events } = job.triggers ?? {};
  const triggers = {
    github_webhook: events.github_webhook ?? false,
    git_provider_webhook: events.git_provider_webhook ?? false,
    on_merge: events.on_merge ?? false,
  };
  for (const [name, isOn] of Object.entries(triggers)) if (isOn) to.put("triggers", name, true);
  for (const [name, value] of Object.entries(events))
    if (!(name in triggers)) addUnknown(to, `triggers.${name}`, value);

  const follows = addRunAfter(to, job, context);
  const isElsewhere = follows || runsOnGitEvents(triggers);
  addSchedule(to, job.schedule, onSchedule ?? false, isElsewhere);
}

/** @param isElsewhere whether git events or another job start the job */
function addSchedule(to: Fields, schedule: CloudJob["schedule"], isOn: boolean, isElsewhere: boolean): void {
  const cron = schedule ? cronIn(schedule) : undefined;
  if (!schedule || cron === undefined) return;
  const type = schedule.date?.type ?? "custom_cron";
  if (!isOn && (type !== "custom_cron" || isElsewhere)) {
    if (isEveryHour(schedule)) return;
    const fix = "write `schedule` and `paused: true` to keep the times";
    to.remark("changed", "schedule", cron, "the schedule is off in dbt Cloud, so the YAML does not have it", fix);
    return;
  }
  to.set("schedule", scheduleFrom(cron));
  to.set("paused", !isOn);
  if (type === "custom_cron") return;
  const reason = "the type of the schedule becomes custom_cron; the times stay the same";
  to.remark("changed", "schedule", type, reason, "nothing is to be done");
}

/** Whether a schedule is the one that dbt Cloud gives to every job without a schedule. */
function isEveryHour({ date, time }: NonNullable<CloudJob["schedule"]>): boolean {
  return date?.type === "every_day" && (time?.interval ?? 1) === 1 && !time?.hours?.length;
}

/** @returns whether another job starts this one */
function addRunAfter(to: Fields, job: CloudJob, { keyOf, projectId }: FieldContext): boolean {
  const condition = job.job_completion_trigger_condition?.condition;
  if (!condition) return false;
  const { job_id, project_id, statuses } = condition;
  const key = project_id == null || projectId === undefined || project_id === projectId ? keyOf(job_id) : undefined;
  if (key === undefined) {
    to.remark(
      "lost",
      "run_after",
      job_id,
      `job ${job_id} starts this one, and it is not a job of this env file`,
      "import that job into the same file, or write a `schedule`; else the next apply that changes this job removes the trigger",
    );
    return true;
  }
  const on = (statuses ?? [10, 20, 30]).map(endingOf).filter((ending) => ending !== undefined);
  to.set("run_after", { job: key, on });
  return true;
}

const SAME_NAME = [
  "triggers_on_draft_pr",
  "dbt_version",
  "generate_docs",
  "run_generate_sources",
  "run_compare_changes",
  "compare_changes_flags",
  "run_lint",
  "errors_on_lint_failure",
] as const;

function addSettings(to: Fields, job: CloudJob): void {
  to.set("target_name", job.settings?.target_name);
  to.set("threads", job.settings?.threads);
  to.set("timeout_seconds", job.execution?.timeout_seconds);
  for (const name of SAME_NAME) to.set(name, job[name]);
  if (job.dbt_version === null && to.inherited("dbt_version") !== undefined) {
    addInherited(to, "dbt_version", "the job has the version of its environment");
  }
}

function addDeferral(to: Fields, id: number | undefined, job: CloudJob, context: FieldContext): void {
  const { deferring_job_definition_id: other, deferring_environment_id: environment, self_deferring } = job;
  if (self_deferring || (other != null && other === id)) {
    to.set("defer_to", "self");
  } else if (other != null) {
    const key = context.keyOf(other);
    if (key !== undefined) to.set("defer_to", { job: key });
    else addLostDeferral(to, other, `the job defers to job ${other}, which is not a job of this env file`);
  } else if (environment != null) {
    const name = context.environmentOf(environment);
    if (name !== undefined) to.set("defer_to", { environment: name });
    else addLostDeferral(to, environment, `the job defers to environment ${environment}, which no env file has`);
  } else if (other === null && to.inherited("defer_to") !== undefined) {
    addInherited(to, "defer_to", "the job defers nowhere");
  }
}

function addLostDeferral(to: Fields, value: number, reason: string): void {
  to.remark("lost", "defer_to", value, reason, "declare it in an env file of the same folder, then write `defer_to`");
}

function addInherited(to: Fields, name: string, reason: string): void {
  const fix = `move \`defaults.${name}\` to the jobs that need it, if this job must stay as it is`;
  to.remark(
    "changed",
    name,
    to.inherited(name),
    `${reason}, and \`defaults.${name}\` of the env file changes that`,
    fix,
  );
}

/** Older jobs have `force_node_selection: false` instead of the feature. Jobs that git events start have neither. */
function addCostOptimization(to: Fields, job: CloudJob): void {
  const { cost_optimization_features: features, force_node_selection: forced } = job;
  const older = forced === false ? ["state_aware_orchestration"] : [];
  const { github_webhook, git_provider_webhook, on_merge } = job.triggers ?? {};
  if (github_webhook || git_provider_webhook || on_merge) return;
  to.set("cost_optimization_features", features?.length ? features : older);
}

function addVariable(to: Fields, name: string, value: string): void {
  const field = `environment_variables.${name}`;
  if (SECRET_NAME.test(name) || withoutCredentials(value) !== value) {
    to.remark(
      "lost",
      field,
      undefined,
      "the value is a secret, or looks like one",
      "nothing, if the value is set in dbt Cloud: Terraform does not touch it",
    );
    return;
  }
  to.put("environment_variables", name, value);
}

/** Values that env files have no word for. Empty values say nothing. */
function addUnknown(to: Fields, field: string, value: unknown): void {
  if (field in KNOWN || DERIVED.has(field)) return;
  const isEmpty = value == null || value === false || value === "" || JSON.stringify(value) === "[]";
  if (isEmpty) return;
  to.remark(
    "lost",
    field,
    SECRET_NAME.test(field) ? undefined : value,
    "env files have no such field",
    "look at the job in dbt Cloud; an adopted job keeps the value as long as Terraform does not set it",
  );
}

const KNOWN: Readonly<Partial<Record<string, true>>> = Object.fromEntries(
  `description execute_steps triggers schedule job_completion_trigger_condition settings execution deferring_job_definition_id
  deferring_environment_id self_deferring cost_optimization_features ${SAME_NAME.join(" ")}`
    .split(/\s+/)
    .map((name) => [name, true] as const),
);
