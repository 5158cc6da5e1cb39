import { parse } from "@cdktf/hcl2json";
import { z } from "zod";
import { inShort } from "../env-files/finding";
import { ConfigurationError, type Problem } from "../env-files/problem";
import { RUN_ENDINGS, RUN_STATUS } from "../jobs/run-status";
import { SECRET_NAME } from "../jobs/secret-name";
import { formProblems } from "./form-problems";
import { cloudJobSchema, withoutIdentifier, type FoundJob, type Remark } from "./found-job";

type Values = Readonly<Record<string, unknown>>;

/** The jobs of a tfvars file, and what else is in it. */
export interface TfvarsJobs {
  readonly jobs: readonly FoundJob[];
  readonly remarks: readonly Remark[];
}

/** The names that a field has in tfvars files: the Terraform provider's, the Admin API's, and short ones. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  execute_steps: ["execute_steps", "steps", "commands"],
  threads: ["num_threads", "threads"],
  target_name: ["target_name", "target"],
  timeout_seconds: ["timeout_seconds", "timeout"],
  deferring_job_definition_id: ["deferring_job_definition_id", "deferring_job_id"],
  variables: ["environment_variables", "environment_variable_overrides", "env_vars"],
  id: ["job_id", "id"],
  cron: ["schedule_cron", "cron_schedule", "cron", "schedule"],
};

const variablesSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** The fields that the provider writes beside each other, and the Admin API inside of each other. */
const flatSchema = z.looseObject({
  name: z.string().optional(),
  id: z.coerce.number().int().min(1).nullish(),
  threads: z.int().nullish(),
  target_name: z.string().nullish(),
  timeout_seconds: z.int().nullish(),
  cron: z.union([z.string(), z.looseObject({})]).nullish(),
  schedule_type: z.enum(["every_day", "days_of_week", "custom_cron", "interval_cron"]).nullish(),
  schedule_interval: z.int().nullish(),
  schedule_hours: z.array(z.int()).nullish(),
  schedule_days: z.array(z.int()).nullish(),
  is_active: z.boolean().nullish(),
  variables: variablesSchema.nullish(),
});

/**
 * Reads the jobs of a tfvars file. They are in attributes whose names end with `jobs`: a map of jobs by their names, or a list of jobs.
 *
 * @throws ConfigurationError when the text is not HCL, has no jobs, or a job has a value of another kind
 */
export async function tfvarsJobs(file: string, text: string): Promise<TfvarsJobs> {
  const values = await hclValues(file, text);
  const lists = Object.entries(values).filter(([name, value]) => /jobs$/i.test(name) && isCollection(value));
  if (lists.length === 0) throw new ConfigurationError([noJobs(file, Object.keys(values))]);
  const named = lists.flatMap(([list, value]) =>
    Object.entries(value as object).map(
      ([name, job]) => [Array.isArray(value) ? undefined : name, list, name, job] as const,
    ),
  );
  const problems: Problem[] = [];
  const jobs = named.flatMap(([identifier, list, place, job]) => {
    const path = identifier === undefined ? `${list}[${place}]` : `${list}.${place}`;
    try {
      return [foundJob(file, path, identifier, job)];
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  const others = Object.entries(values).filter(([name]) => !lists.some(([list]) => list === name));
  return { jobs, remarks: others.map(([name, value]) => headRemark(file, name, value)) };
}

async function hclValues(file: string, text: string): Promise<Values> {
  try {
    return (await parse(file, text)) as Values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, line, column, reason] = /:(\d+),(\d+)-[\d,-]+: ([^;\n]+)/.exec(message) ?? [];
    const place = line === undefined ? {} : { line: Number(line), column: Number(column) };
    const allowed = "attributes with literal values, as Terraform reads a .tfvars file";
    const fix = "correct it here; `terraform fmt` shows the same place";
    throw new ConfigurationError([{ file, ...place, path: "", reason: reason ?? "the file is not HCL", allowed, fix }]);
  }
}

function foundJob(file: string, path: string, identifier: string | undefined, raw: unknown): FoundJob {
  const expression = expressionIn(raw, path);
  if (expression !== undefined) throw new ConfigurationError([notLiteral(file, expression)]);
  const read = <T>(schema: z.ZodType<T>, value: unknown): T => {
    const result = schema.safeParse(value, { reportInput: true });
    if (result.success) return result.data;
    throw new ConfigurationError(formProblems(file, path, result.error));
  };
  const flat = read(flatSchema, renamed(read(z.looseObject({}), raw)));
  const { id, variables, name = identifier, ...fields } = flat;
  const { job, identifier: own } = withoutIdentifier(
    read(cloudJobSchema, { name, ...nested(fields as z.output<typeof flatSchema>) }),
  );
  return {
    id: id ?? undefined,
    identifier: own ?? identifier,
    job,
    variables: new Map(Object.entries(variables ?? {}).map(([key, value]) => [key, { value: String(value) }])),
  };
}

function renamed(raw: Values): Values {
  const ours = new Map(Object.entries(NAMES).flatMap(([field, names]) => names.map((name) => [name, field] as const)));
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [ours.get(name) ?? name, value]));
}

/** The fields as the Admin API has them. */
function nested(flat: z.output<typeof flatSchema>): Values {
  const {
    threads,
    target_name,
    timeout_seconds,
    cron,
    is_active,
    job_completion_trigger_condition: after,
    ...rest
  } = flat;
  const { schedule_type, schedule_interval, schedule_hours, schedule_days } = flat;
  const fields = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith("schedule_")));
  const schedule =
    typeof cron !== "string" && cron != null
      ? cron
      : scheduleOf(typeof cron === "string" ? cron : undefined, {
          schedule_type,
          schedule_interval,
          schedule_hours,
          schedule_days,
        });
  const triggers = fields["triggers"] ?? (schedule ? { schedule: true } : undefined);
  return {
    ...fields,
    ...(schedule ? { schedule } : {}),
    ...(triggers === undefined ? {} : { triggers }),
    ...(after === undefined ? {} : { job_completion_trigger_condition: conditionOf(after) }),
    settings: { ...(fields["settings"] as object | undefined), ...given({ threads, target_name }) },
    execution: { ...(fields["execution"] as object | undefined), ...given({ timeout_seconds }) },
    ...(is_active === false ? { state: 2 } : {}),
  };
}

type ScheduleFields = Pick<
  z.output<typeof flatSchema>,
  "schedule_type" | "schedule_interval" | "schedule_hours" | "schedule_days"
>;

function scheduleOf(cron: string | undefined, fields: ScheduleFields): Values | undefined {
  const { schedule_type: type, schedule_interval: interval, schedule_hours: hours, schedule_days: days } = fields;
  if (cron !== undefined) return { cron, date: { type: "custom_cron", cron } };
  if (type == null && interval == null && !hours?.length) return undefined;
  const date = { type: type ?? (days?.length ? "days_of_week" : "every_day"), days };
  return {
    date,
    time: hours?.length ? { type: "at_exact_hours", hours } : { type: "every_hour", interval: interval ?? 1 },
  };
}

/** The provider writes a block as a list, and the results of runs as words. */
function conditionOf(value: unknown): unknown {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first !== "object" || first === null || "condition" in first) return first;
  const { statuses, ...rest } = first as { statuses?: unknown };
  const asNumber = (status: unknown): unknown => RUN_ENDINGS.find((ending) => ending === status);
  const numbers = (list: readonly unknown[]): unknown[] =>
    list.map((status) => {
      const ending = asNumber(status) as (typeof RUN_ENDINGS)[number] | undefined;
      return ending === undefined ? status : RUN_STATUS[ending];
    });
  return { condition: { ...rest, statuses: Array.isArray(statuses) ? numbers(statuses) : statuses } };
}

function given(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** The place of the first value that is an expression. The reader of HCL returns it as text. */
function expressionIn(value: unknown, path: string): string | undefined {
  if (typeof value === "string") return /^\$\{.*\}$/s.test(value) ? path : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, item] of Object.entries(value)) {
    const found = expressionIn(item, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isCollection(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

const HEAD: Readonly<Record<string, string>> = {
  project_id: "write it in the env file as `project: { id: NUMBER }`",
  environment_id: "write it in the env file as `environment: { id: NUMBER }`",
  team_name: "write it in the env file as `team`",
};

function headRemark(file: string, name: string, value: unknown): Remark {
  return {
    kind: "lost",
    job: "",
    field: name,
    value: SECRET_NAME.test(name) ? undefined : inShort(value),
    reason: `${file} has a value that belongs to no job`,
    fix: HEAD[name] ?? "write it in the head of the env file if it is still needed",
  };
}

function noJobs(file: string, names: readonly string[]): Problem {
  return {
    file,
    path: "",
    reason: "the file has no jobs",
    got: names.join(", ") || "no attributes",
    allowed: 'an attribute such as `jobs = { "daily" = { execute_steps = [...] } }`, or a list of jobs',
    fix: "name the file that has the jobs",
  };
}

function notLiteral(file: string, path: string): Problem {
  return {
    file,
    path,
    reason: "the value is an expression",
    allowed: "a literal value; Terraform allows no expressions in a .tfvars file",
    fix: "write the value itself",
  };
}
