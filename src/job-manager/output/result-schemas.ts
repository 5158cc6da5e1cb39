import { z } from "zod";
import { kpiChangeSchema, martDifferenceSchema } from "../../data-diff/difference";
import { alertResult } from "./alert-schema";
import { driftResult } from "./drift-schema";
import { explainResult } from "./explain-schema";
import { failedNode, key, time, url } from "./schema-fields";
import { simulateResult } from "./simulate-schema";
import { slaReport } from "./sla-schema";
import { statusResult } from "./status-schema";
import { usageResult } from "./usage-schema";

const difference = z.object({
  field: z.string().describe("The field of the env file, such as `execute_steps[0]`."),
  before: z.unknown().describe("The value before; null when there is none."),
  after: z.unknown().describe("The value after; null when there is none."),
});

const refusal = z.object({
  reason: z.string(),
  allowed: z.string().describe("The allowed values."),
  fix: z.string().describe("What the person can do."),
});

const problem = refusal.extend({
  file: z.string().describe("The env file; `environment` for an environment variable; or an option."),
  path: z.string().describe("The keys that lead to the value, such as `jobs.attribution.threads`."),
  line: z.int().optional(),
  column: z.int().optional(),
  got: z.string().optional().describe("The value that was found."),
});

const started = z.object({
  key,
  run_id: z.int().nullable().describe("Null when the run was not started."),
  status: z.string().describe("dbt Cloud's word, or `not started`."),
  dbt_version: z.string().nullable(),
  url: url.nullable(),
  found: z
    .boolean()
    .describe("Whether an earlier command started the run, so that this one only followed or reported it."),
  failed: z.array(failedNode),
});

const plannedJob = z.object({
  action: z.enum(["create", "update", "unchanged", "delete"]),
  key,
  id: z.int().nullable().describe("Null for a job that does not exist yet."),
  name: z.string(),
  changes: z.array(difference),
});

const appliedJob = z.object({
  action: z.enum(["create", "update", "delete"]),
  key,
  id: z.int().optional().describe("Absent when the job was not created."),
  error: z.string().optional().describe("Why the job failed or was skipped."),
  url: url.nullable(),
});

const deployed = z.object({
  hash: z.string().describe("The digest of everything that the plan writes, for `approve`."),
  plan: z.object({
    team: z.string(),
    project: z.int(),
    environment: z.int(),
    ref: z.string().describe("The branch's full name."),
    user: z.string(),
    schema: z.string().describe("The schema that the branch's jobs build into."),
    jobs: z.array(plannedJob),
  }),
  totals: z
    .object({ create: z.int(), update: z.int(), unchanged: z.int(), delete: z.int() })
    .describe("The number of jobs for each action."),
  notes: z.array(z.string()),
  applied: z.array(appliedJob).describe("The result of each change; empty for a dry run."),
  runs: z.array(started).optional().describe("The runs of --run; absent for a dry run."),
});

const refused = z.object({
  obstacles: z.array(refusal.extend({ subject: z.string().describe("The job, schema or variable in question.") })),
  applied: z.array(appliedJob).describe("Always empty."),
});

const staleJob = z.object({
  id: z.int(),
  name: z.string(),
  key,
  ref: z.string().describe("The branch's full name."),
  user: z.string(),
  schema: z.string(),
  idle_days: z.int().describe("The days without a deploy, a change, or a run that somebody started."),
  running: z.boolean().describe("Whether a run is in progress."),
});

const environmentName = z.string().describe("The name of an environment.");
const appliedBy = z.enum(["api", "terraform"]);
const deploy = z.union([deployed, refused]);

const terraformAction = z.enum(["delete", "replace", "forget", "create", "update", "unchanged"]);
const terraformPlan = z.object({
  environment: environmentName,
  totals: z.record(terraformAction, z.int()).describe("The number of jobs for each action."),
  jobs: z.array(
    z.object({
      action: terraformAction,
      key,
      id: z.int().nullable().describe("Null for a job that does not exist yet."),
      moved_from: z.string().nullable().describe("The former key of a job that is moved."),
      adopted: z.boolean().describe("Whether Terraform takes over a job that it did not create."),
      changed_by_hand: z.array(z.string()).describe("The fields that differ in dbt Cloud since the last deploy."),
      changes: z.array(difference),
    }),
  ),
  others: z
    .array(z.object({ action: terraformAction, address: z.string(), title: z.string(), changes: z.array(difference) }))
    .describe("The objects that are no jobs and change."),
  refusals: z
    .array(z.object({ message: z.string(), fix: z.string().describe("What the person can do.") }))
    .describe("The guard's reasons against the plan."),
});

const dataDiff = z.object({
  base: z.string().describe("The commit that the working tree is compared with."),
  built: z.array(z.string()).describe("The models and seeds that were built again, by name."),
  marts: z.array(martDifferenceSchema).describe("The marts that differ."),
  unchanged: z.int().describe("The number of marts that are the same."),
  readers: z.record(z.string(), z.array(z.string())).describe("The exposures that read a mart that differs."),
  jobs: z
    .record(z.string(), z.object({ built_by: z.array(z.string()), read_by: z.array(z.string()) }))
    .nullable()
    .describe("The jobs that build or read a mart that differs, as `environment/key`; null if they are not known."),
  jobs_unknown: z.string().nullable().describe("Why the jobs are not known."),
  kpis: z.array(kpiChangeSchema),
  contracts: z
    .array(
      z.object({
        mart: z.string(),
        column: z.string().nullable().describe("Null for the contract as a whole."),
        before: z.string().nullable(),
        after: z.string().nullable(),
      }),
    )
    .describe("The marts' contracts that changed: declared types, and whether dbt enforces them."),
  tests: z.object({ added: z.array(z.string()), removed: z.array(z.string()) }),
  failures: z
    .array(z.object({ name: z.string(), status: z.string(), message: z.string() }))
    .describe("The tests and models that fail with the change."),
});

/** The results of the commands with `--json`, by command. Only documentation and tests load the schemas. */
export const RESULTS = {
  validate: z.object({
    valid: z.literal(true),
    problems: z.array(z.never()).describe("Always empty: a command that finds problems has them in `error`."),
    warnings: z.array(problem).optional().describe("What is probably not meant; absent without --dbt."),
    environments: z.array(z.object({ name: environmentName, applied_by: appliedBy, jobs: z.array(key) })),
  }),
  show: z.array(
    z.object({
      name: environmentName,
      applied_by: appliedBy,
      git_branch: z.string().nullable(),
      jobs: z.array(
        z.object({
          key,
          category: z.string(),
          owner: z.string(),
          schedule: z.string().describe("The schedule in words."),
          cron: z.string().nullable(),
          next_runs: z.array(time),
          expects: z.array(key),
          execute_steps: z.array(z.string()),
        }),
      ),
    }),
  ),
  schedule: z.object({
    fires: z.array(
      z.object({
        at: time,
        local: z.string().describe("The time of day in the team's time zone."),
        timezone: z.string(),
        environment: environmentName,
        key,
        expects: z.array(key),
      }),
    ),
    clashes: z.array(z.string()).describe("The jobs that start in the same minute, as text."),
    clock_changes: z.array(z.string()).describe("The effect of the next clock change, as text."),
  }),
  simulate: simulateResult,
  explain: explainResult,
  drift: driftResult,
  compare: z.object({
    left: environmentName,
    right: environmentName,
    only_left: z.array(key),
    only_right: z.array(key),
    different: z.array(z.object({ key, differences: z.array(difference) })),
  }),
  diff: terraformPlan,
  guard: terraformPlan.extend({
    notes: z.array(z.string()).describe("The jobs that have no successful run to defer to, each with its fix."),
  }),
  "diff-data": dataDiff,
  note: z.object({
    file: z.string().describe("The file with the complete note."),
    outcome: z.enum(["created", "updated", "outdated", "file"]).describe("What happened to the note."),
  }),
  plan: deploy,
  deploy,
  list: z.array(
    z.object({
      key,
      id: z.int(),
      name: z.string(),
      ref: z.string().describe("The branch's full name."),
      user: z.string(),
      schema: z.string(),
      pending: z.boolean().describe("Whether the deploy of the job is unfinished."),
      cron: z.string().nullable(),
      next_run: z.string().nullable(),
      updated_at: z.string().nullable(),
      last_run: z
        .object({ id: z.int(), status: z.string(), finished_at: z.string().nullable() })
        .nullable()
        .describe("Null without --details, and for a job that never ran."),
      url,
    }),
  ),
  status: statusResult,
  sla: slaReport,
  alert: alertResult,
  usage: usageResult,
  import: z.object({
    file: z.string().describe("The env file."),
    written: z.boolean().describe("Whether the env file was changed."),
    added: z.array(key).describe("The new jobs."),
    present: z.array(key).describe("The jobs that the env file already has."),
    yaml: z.string().describe("The new jobs as YAML; empty when there is none."),
    remarks: z.array(
      z.object({
        kind: z.enum(["lost", "changed", "check"]),
        job: z.string().describe("The job's key; empty for a value that belongs to no job."),
        field: z.string(),
        value: z.string().nullable().describe("The value in short; null when it is secret."),
        reason: z.string(),
        fix: z.string(),
      }),
    ),
  }),
  logs: z.object({
    key,
    run_id: z.int(),
    status: z.string(),
    url,
    steps: z.array(z.object({ index: z.int(), name: z.string(), status: z.string(), log: z.array(z.string()) })),
  }),
  cancel: z.object({ key, run_id: z.int(), status: z.string(), url }),
  run: z.array(started),
  cleanup: z.object({
    jobs: z.array(staleJob).describe("The jobs that meet the criteria."),
    deleted: z.array(
      staleJob.extend({
        dropped_schema: z.string().nullable(),
        error: z.string().nullable().describe("Why the job still exists."),
      }),
    ),
  }),
};

/** A command that has a result. */
export type Command = keyof typeof RESULTS;

/** The result of a command with `--json`. */
export type ResultOf<C extends Command> = Frozen<z.output<(typeof RESULTS)[C]>>;

type Frozen<T> = T extends readonly (infer I)[]
  ? readonly Frozen<I>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

const error = z.object({
  code: z.enum(["failed", "usage", "configuration", "dbt_cloud"]).describe("Why the command failed."),
  message: z.string().describe("The text that people get."),
  problems: z.array(problem).describe("Each problem of the configuration; empty for other errors."),
});

/** The output of a command that succeeded with this result, or failed, perhaps after a part of its work. */
export function outputSchema(result: z.ZodType): z.ZodType {
  const version = z.literal(1);
  return z.union([
    z.object({ version, ok: z.literal(true), result }),
    z.object({ version, ok: z.literal(false), error, result: result.optional() }),
  ]);
}
