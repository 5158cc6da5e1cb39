import { basename } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { ConfigurationError, type Problem } from "../env-files/problem";
import { cloudJobSchema, withoutIdentifier, type FoundJob } from "./found-job";
import { formProblems } from "./form-problems";

/** Ids in files of dbt-jobs-as-code may be text. */
const NUMBERS = [
  "account_id",
  "project_id",
  "environment_id",
  "deferring_job_definition_id",
  "deferring_environment_id",
];

const fileSchema = z.looseObject({ jobs: z.record(z.string(), z.looseObject({})) });

const variableSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const jobSchema = z.looseObject({
  linked_id: z.int().nullish(),
  custom_environment_variables: z.array(variableSchema).nullish(),
});

/** The values that dbt-jobs-as-code sends for absent fields. */
const DEFAULTS = {
  settings: { threads: 4, target_name: "default" },
  execution: { timeout_seconds: 0 },
  dbt_version: null,
  deferring_job_definition_id: null,
  deferring_environment_id: null,
};

/**
 * Reads the jobs of a file of dbt-jobs-as-code. `linked_id` is the job's id in dbt Cloud.
 *
 * @throws ConfigurationError with all problems of the file
 */
export function jobsAsCode(file: string, text: string): FoundJob[] {
  const document = parseDocument(text, { merge: true, prettyErrors: true });
  const [error] = document.errors;
  if (error) {
    const at = error.linePos?.[0];
    throw new ConfigurationError([
      { ...notReadable(file, error.message.split("\n")[0]!), line: at?.line, column: at?.col },
    ]);
  }
  const data = read(file, "", fileSchema, document.toJS({ maxAliasCount: 1000 }));
  const problems: Problem[] = [];
  const found = Object.entries(data.jobs).flatMap(([identifier, raw]) => {
    try {
      return [foundJob(file, identifier, raw)];
    } catch (refusal) {
      if (!(refusal instanceof ConfigurationError)) throw refusal;
      problems.push(...refusal.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
  return found;
}

function foundJob(file: string, identifier: string, raw: Readonly<Record<string, unknown>>): FoundJob {
  const path = `jobs.${identifier}`;
  const numbers = NUMBERS.flatMap((name) => {
    const value = raw[name];
    return typeof value === "string" && /^\d+$/.test(value) ? [[name, Number(value)] as const] : [];
  });
  const own = read(file, path, jobSchema, raw);
  const { custom_environment_variables: listed, linked_id: id, ...fields } = own;
  const merged = { ...DEFAULTS, ...fields, ...Object.fromEntries(numbers), settings: settingsOf(fields["settings"]) };
  const { job } = withoutIdentifier(read(file, path, cloudJobSchema, merged));
  const variables = (listed ?? []).flatMap((entry) => Object.entries(entry));
  return {
    id: id ?? undefined,
    identifier,
    job,
    variables: new Map(variables.map(([name, value]) => [name, { value: String(value) }])),
  };
}

function settingsOf(settings: unknown): object {
  return typeof settings === "object" && settings !== null ? { ...DEFAULTS.settings, ...settings } : DEFAULTS.settings;
}

function read<T>(file: string, path: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  throw new ConfigurationError(formProblems(file, path, result.error));
}

function notReadable(file: string, reason: string): Problem {
  return {
    file,
    path: "",
    reason: reason.replace(/[.:]$/, ""),
    allowed: "a file of dbt-jobs-as-code",
    fix: `correct ${basename(file)}; templates of Jinja must be rendered first`,
  };
}
