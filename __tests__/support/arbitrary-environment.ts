import fc from "fast-check";
import type { AlertRoute } from "../../src/env-files/alert-routes";
import type { EnvironmentDefinition } from "../../src/env-files/definition";
import { JOB_CATEGORIES, NOTIFICATION_EVENTS, type JobDefinition } from "../../src/jobs/definition";
import { RUN_ENDINGS } from "../../src/jobs/run-status";
import { WEEKDAYS, type Schedule } from "../../src/jobs/schedule";
import { SECRET_NAME } from "../../src/jobs/secret-name";

type Jobs = Readonly<Record<string, JobDefinition>>;
type Weekday = (typeof WEEKDAYS)[number];
type Kind = "scheduled" | "follows" | "ci" | "merge" | "on demand";

/** Any line with visible text, in any script, with quotation marks, colons and other characters that YAML must quote. */
const text = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 20 }),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
    fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
    fc.constantFrom(
      "no",
      "null",
      "0x10",
      "12:30",
      "- a",
      "a: b",
      "a #b",
      "~",
      "*x",
      "&y z",
      "!tag",
      "%",
      "'",
      '"',
      "1e3",
    ),
  )
  .map((line) => line.trim())
  .filter((line) => line !== "")
  .filter((value) => !/[^\P{Cc}\n\t]/u.test(value));

const slug = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(?:-[a-z0-9]{1,4}){0,2}$/);
const id = fc.integer({ min: 1, max: 2 ** 31 });
const threads = fc.integer({ min: 1, max: 64 });
const dbtVersion = fc.constantFrom("latest", "compatible", "extended", "versionless", "latest-fusion", "1.11.0-latest");
const environmentVariables = fc.dictionary(
  fc.stringMatching(/^DBT_[A-Z0-9_]{0,8}[A-Z0-9]$/).filter((name) => !SECRET_NAME.test(name)),
  fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
    fc.constantFrom("30", "true", " x ", "käse 🧀", "a\nb\n"),
  ),
  { maxKeys: 3 },
);

const twoDigits = (n: number): string => String(n).padStart(2, "0");

const days = fc.option(fc.uniqueArray(fc.constantFrom<Weekday>(...WEEKDAYS), { minLength: 1, maxLength: 7 }), {
  nil: undefined,
});

/** At most 23:58, so that there is a later time for an SLA. */
const schedule: fc.Arbitrary<Schedule> = fc.oneof(
  fc
    .record({
      minute: fc.integer({ min: 0, max: 58 }),
      hours: fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 4 }),
      days,
    })
    .map(({ minute, hours, days: on }) =>
      present({ at: hours.map((hour) => `${twoDigits(hour)}:${twoDigits(minute)}`), days: on }),
    ),
  fc
    .record({ every_hours: fc.constantFrom(1, 2, 3, 4, 6, 8, 12), days })
    .map(({ every_hours, days: on }) => present({ every_hours, days: on })),
  fc
    .tuple(
      fc.oneof(fc.integer({ min: 0, max: 58 }).map(String), fc.constantFrom("*/15", "0,30", "5-20/5")),
      fc.constantFrom("*", "5", "*/6", "6,12,18", "8-17"),
      fc.constantFrom("*", "L", "1", "1,15", "*/2", "1-7"),
      fc.constantFrom("*", "1-6", "*/3", "JAN,JUL"),
      fc.constantFrom("*", "1-5", "MON-FRI", "0", "SUN"),
    )
    .map((fields) => ({ cron: fields.join(" ") })),
);

const step = fc.oneof(
  fc.constantFrom(
    "dbt build",
    "dbt build --select tag:core tag:attribution",
    "dbt source freshness --select source:dbt_production",
    "dbt --no-partial-parse test --select 1+tag:executive,test_name:recency_freshness --exclude tag:executive",
    "dbt run-operation grant_select --args '{role: reporter; note: a && b}'",
    'dbt run --vars "{\\"window\\": 7}" --threads=4',
  ),
  fc
    .string({ unit: "grapheme", maxLength: 8 })
    .filter((value) => !/['\\${%“”„‘’‚«»–—]|[^\P{C}]|[^\P{Z} ]/u.test(value))
    .map((value) => `dbt build --vars '{note: ${value}}'`),
);

const notification = fc
  .record({
    on: fc.uniqueArray(fc.constantFrom(...NOTIFICATION_EVENTS), { minLength: 1 }),
    user: id,
    address: fc.oneof(
      fc.constant({}),
      fc.stringMatching(/^[a-z]{1,6}(?:\.[a-z]{1,4})?$/).map((name) => ({ email: `${name}@mail-1.example.com` })),
      fc.record({ slack_channel: fc.record({ id: text, name: text }) }),
    ),
  })
  .map(({ on, user, address }) => ({ on, user_id: userOf(address) ?? user, ...address }));

/** dbt Cloud keeps one notification for each address, so an address has the same user everywhere. */
function userOf(address: {
  readonly email?: string;
  readonly slack_channel?: { readonly id: string };
}): number | undefined {
  const key = address.email ?? address.slack_channel?.id;
  return key === undefined ? undefined : 1 + key.length;
}

const jobSeed = fc.record({
  key: slug,
  kind: fc.constantFrom<Kind>("scheduled", "scheduled", "follows", "ci", "merge", "on demand"),
  schedule,
  pick: fc.nat(),
  wants: fc.record({
    pause: fc.boolean(),
    sla: fc.boolean(),
    feature: fc.boolean(),
    address: fc.constantFrom("moved", "adopted", "new"),
    expected: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
  }),
  job: fc.record({
    category: fc.constantFrom(...JOB_CATEGORIES),
    description: text,
    owner: text,
    execute_steps: fc.array(step, { minLength: 1, maxLength: 3 }),
    triggers_on_draft_pr: fc.boolean(),
    target_name: text,
    threads,
    timeout_seconds: fc.integer({ min: 0, max: 86_400 }),
    generate_docs: fc.boolean(),
    run_generate_sources: fc.boolean(),
    run_compare_changes: fc.boolean(),
    compare_changes_flags: fc.constantFrom("--select state:modified", "--select state:modified+ --exclude tag:slow"),
    run_lint: fc.boolean(),
    errors_on_lint_failure: fc.boolean(),
    cost_optimization_features: fc.constant([]),
    environment_variables: environmentVariables,
    notifications: fc.array(notification, { maxLength: 2 }),
  }),
  webhook: fc.constantFrom("github_webhook", "git_provider_webhook"),
  version: fc.option(dbtVersion, { nil: undefined }),
  feature: fc.constantFrom("state_aware_orchestration", "dbt_state"),
  statuses: fc.uniqueArray(fc.constantFrom(...RUN_ENDINGS), { minLength: 1 }),
});

type JobSeed = typeof jobSeed extends fc.Arbitrary<infer T> ? T : never;

const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
    text.filter((line) => !line.includes(" ")),
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie("value"), { maxKeys: 2 }),
  ),
})).value as fc.Arbitrary<null | boolean | number | string>;

const managedProject = fc
  .record({
    name: text,
    description: fc.oneof(text, fc.constant("")),
    dbt_project_subdirectory: fc.constantFrom("dbt", "analytics/dbt", "käse"),
    connection: fc.record({
      name: text,
      hostname: fc.constantFrom("a", "redshift-1.example.com"),
      port: fc.integer({ min: 1, max: 65_535 }),
      dbname: text,
    }),
    repository: fc.constantFrom(
      { remote_url: "git@gitlab.example.com:marketing/analytics.git", git_clone_strategy: "deploy_key" as const },
      {
        remote_url: "https://gitlab.example.com/marketing/analytics.git",
        git_clone_strategy: "deploy_token" as const,
        gitlab_project_id: 7,
      },
      {
        remote_url: "ssh://git@github.com/marketing/analytics.git",
        git_clone_strategy: "github_app" as const,
        github_installation_id: 9,
      },
    ),
  })
  .map((managed) => ({ managed }));

const managedEnvironment = fc.record({
  name: text.filter((name) => name !== "project"),
  deployment_type: fc.constantFrom("production" as const, "staging" as const),
  dbt_version: dbtVersion,
  credential: fc.record({
    username: text,
    default_schema: fc.stringMatching(/^[a-z_]{1,8}$/),
    threads,
    password_version: fc.integer({ min: 1, max: 99 }),
  }),
  attributes: fc.option(fc.dictionary(fc.stringMatching(/^[a-df-z]{1,6}$/), json, { maxKeys: 2 }), {
    nil: undefined,
  }),
});

const alertRoute: fc.Arbitrary<AlertRoute> = fc.record({
  email: fc.constantFrom("data@example.com", "team+alerts@example.com"),
  severity: fc.constantFrom("warning", "critical"),
  owners: fc.constantFrom([], ["marketing"]),
});

const environmentSeed = fc.record({
  name: slug,
  applied_by: fc.constantFrom("terraform" as const, "api" as const),
  git_branch: text,
  team: slug,
  timezone: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"),
  projectId: id,
  project: managedProject,
  environment: managedEnvironment,
  connectionId: id,
  managed: fc.constantFrom("nothing", "nothing", "environment", "project"),
  environment_variables: environmentVariables,
  notifications: fc.array(notification, { maxLength: 2 }),
  alerts: fc.array(alertRoute, { maxLength: 2 }),
  jobs: fc.uniqueArray(jobSeed, { minLength: 1, maxLength: 6, selector: ({ key }) => key }),
});

/** One to three env files that are valid together, with every value that a file can have. */
export const arbitraryEnvironments: fc.Arbitrary<EnvironmentDefinition[]> = fc
  .uniqueArray(environmentSeed, { minLength: 1, maxLength: 3, selector: ({ name }) => name })
  .map((seeds) => seeds.map((seed, i) => environmentOf(seed, i, seeds)))
  .filter(jobNamesDiffer)
  .map((environments) => JSON.parse(JSON.stringify(environments)) as EnvironmentDefinition[]);

type EnvironmentSeed = typeof environmentSeed extends fc.Arbitrary<infer T> ? T : never;

function environmentOf(
  seed: EnvironmentSeed,
  position: number,
  all: readonly EnvironmentSeed[],
): EnvironmentDefinition {
  const { name, applied_by, git_branch, team, timezone, environment_variables, notifications, alerts } = seed;
  const managed = managedBy(seed, position, all);
  const { attributes, ...environment } = seed.environment;
  const referable = all
    .filter((other, i) => other === seed || managedBy(other, i, all) === "nothing")
    .filter((other) => applied_by === "api" || other.applied_by === "terraform")
    .map((other) => other.name);
  return present({
    name,
    applied_by,
    git_branch: applied_by === "terraform" ? git_branch : undefined,
    team,
    timezone,
    project: managed === "project" ? seed.project : { id: seed.projectId },
    environment:
      managed === "nothing"
        ? { id: 1000 + position }
        : {
            managed: present({
              ...environment,
              connection: managed === "environment" ? { id: seed.connectionId } : undefined,
              extended_attributes: attributes,
            }),
          },
    environment_variables,
    notifications,
    alerts,
    jobs: jobsOf(seed, position, referable),
  });
}

/** Files of the API manage nothing, and all files together manage one project. */
function managedBy(
  seed: EnvironmentSeed,
  position: number,
  all: readonly EnvironmentSeed[],
): "nothing" | "environment" | "project" {
  if (seed.applied_by === "api" || seed.managed === "nothing") return "nothing";
  if (seed.managed === "environment") return "environment";
  const owner = all.findIndex((other) => other.applied_by === "terraform" && other.managed === "project");
  return owner === position ? "project" : "nothing";
}

function jobsOf(
  seed: EnvironmentSeed,
  position: number,
  environments: readonly string[],
): Record<string, JobDefinition> {
  const jobs: Record<string, JobDefinition> = {};
  for (const [i, job] of seed.jobs.entries()) {
    const serial = 1000 + position * 100 + i;
    jobs[job.key] = present({
      ...job.job,
      ...startOf(job, jobs),
      ...valuesForGit(job),
      ...deferralOf(job, jobs, environments),
      ...(seed.applied_by === "terraform" ? addressOf(job, serial) : {}),
    });
  }
  return jobs;
}

/** Jobs refer to earlier jobs only, so that there is no cycle. */
function kindOf({ kind }: JobSeed, before: Jobs): Kind {
  return kind === "follows" && Object.keys(before).length === 0 ? "on demand" : kind;
}

function startOf(seed: JobSeed, before: Jobs) {
  const kind = kindOf(seed, before);
  const { wants, pick } = seed;
  return {
    schedule: kind === "scheduled" ? seed.schedule : undefined,
    paused: kind === "scheduled" && wants.pause,
    run_after: kind === "follows" ? { job: pickOf(Object.keys(before), pick), on: seed.statuses } : undefined,
    expects: expectable(kind, seed.schedule, before).filter((_, i) => wants.expected[i]),
    sla: ["scheduled", "follows"].includes(kind) && wants.sla ? { finish_by: "23:59", target: 99.5 } : undefined,
  };
}

function valuesForGit({ kind, webhook, wants, version, feature, job }: JobSeed) {
  const ci = kind === "ci";
  const features = !ci && kind !== "merge" && wants.feature ? [feature] : [];
  return {
    triggers: {
      github_webhook: ci && webhook === "github_webhook",
      git_provider_webhook: ci && webhook === "git_provider_webhook",
      on_merge: kind === "merge",
    },
    triggers_on_draft_pr: ci && job.triggers_on_draft_pr,
    run_lint: ci && job.run_lint,
    run_compare_changes: ci && job.run_compare_changes,
    dbt_version: features.length > 0 ? "latest-fusion" : version,
    cost_optimization_features: features,
  };
}

function deferralOf({ kind, pick, job }: JobSeed, before: Jobs, environments: readonly string[]) {
  const environment = { environment: pickOf(environments, pick) };
  if (kind === "ci" && job.run_compare_changes) return { defer_to: environment };
  const keys = Object.keys(before);
  const other = keys.length === 0 ? "self" : { job: pickOf(keys, pick) };
  return { defer_to: pickOf([environment, other, "self", undefined] as const, pick) };
}

function addressOf({ key, wants }: JobSeed, serial: number) {
  return {
    moved_from: wants.address === "moved" ? `former-${serial}-${key}` : undefined,
    adopt_job_id: wants.address === "adopted" ? serial : undefined,
  };
}

function pickOf<T>(values: readonly T[], pick: number): T {
  return values[pick % values.length]!;
}

/** The jobs that start earlier on every day. A job without a schedule may expect any job. */
function expectable(kind: Kind, own: Schedule, before: Jobs): string[] {
  if (kind === "follows") return [];
  if (kind !== "scheduled") return Object.keys(before);
  if (!("at" in own)) return [];
  const start = [...own.at].sort()[0]!;
  return Object.entries(before)
    .filter(([, { schedule: theirs }]) => theirs && "at" in theirs && !theirs.days && [...theirs.at].sort()[0]! < start)
    .map(([key]) => key);
}

function jobNamesDiffer(environments: readonly EnvironmentDefinition[]): boolean {
  const names = environments
    .filter(({ applied_by }) => applied_by === "terraform")
    .flatMap(({ name, team, jobs }) => Object.keys(jobs).map((key) => `${team}-${key}-${name}`));
  return new Set(names).size === names.length;
}

/** Removes keys without a value, as a file would leave them out. */
function present<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } & T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
