import { z } from "zod";
import { jobKeySchema, jobSchema, type JobDefinition } from "../jobs/definition";
import { defaultsSchema, environmentSchema, type EnvironmentDefinition } from "./definition";
import type { Finding } from "./finding";
import { findingsOf } from "./schema-findings";
import type { KeyPath } from "./yaml-source";

/** A job with its valid values, including defaults. Refused values are absent. */
export type JobDraft = Partial<JobDefinition>;

/** An environment with its valid values, so that rules can check them. Refused values are absent. */
export type EnvironmentDraft = Partial<Omit<EnvironmentDefinition, "jobs">> & {
  readonly jobs: Readonly<Record<string, JobDraft>>;
};

/** The result of the schema for an env file. */
export type SchemaResult =
  { readonly definition: EnvironmentDefinition } | { readonly draft: EnvironmentDraft; readonly findings: Finding[] };

/**
 * Checks an env file's data against the schema, with the file's `defaults` applied to each job.
 *
 * @returns the definition, or all findings and the valid values
 */
export function applySchema(data: unknown): SchemaResult {
  const merged = withDefaults(data);
  const result = environmentSchema.safeParse(merged, { reportInput: true });
  if (result.success) {
    const { defaults: _applied, ...definition } = result.data;
    return { definition };
  }
  const findings = [...findingsOf(result.error.issues), ...behindBadKeys(merged)];
  return { draft: draftOf(merged), findings: findings.filter((finding) => !fromBadDefault(data, finding)) };
}

/** The place of a value in the file: in the job, or in `defaults` if the job inherits it. */
export function writtenAt(data: unknown, path: KeyPath): KeyPath {
  const [jobs, key, name, ...rest] = path;
  if (jobs !== "jobs" || name === undefined || !Object.hasOwn(defaultsSchema.shape, name)) return path;
  if (!isMapping(data)) return path;
  if (!isMapping(data["jobs"]) || !isMapping(data["defaults"])) return path;
  const job = data["jobs"][String(key)];
  const taken = isMapping(job) && !Object.hasOwn(job, name) && Object.hasOwn(data["defaults"], name);
  return taken ? ["defaults", name, ...rest] : path;
}

/** A job lacks the value of a refused default. The finding about the default is enough. */
function fromBadDefault(data: unknown, { path }: Finding): boolean {
  return writtenAt(data, path) !== path;
}

/** zod does not check a job with an invalid key, but the report must list all findings. */
function behindBadKeys(data: unknown): Finding[] {
  if (!isMapping(data) || !isMapping(data["jobs"])) return [];
  return Object.entries(data["jobs"]).flatMap(([key, job]) => {
    if (jobKeySchema.safeParse(key).success) return [];
    const result = z
      .object({ jobs: z.object({ [key]: jobSchema }) })
      .safeParse({ jobs: { [key]: job } }, { reportInput: true });
    return result.success ? [] : findingsOf(result.error.issues);
  });
}

/** Only valid defaults apply to the jobs. An invalid default is reported once, at its place. */
function withDefaults(data: unknown): unknown {
  if (!isMapping(data) || !isMapping(data["jobs"]) || !isMapping(data["defaults"])) return data;
  const defaults = goodValues(defaultsSchema.shape, data["defaults"]);
  const jobs = Object.entries(data["jobs"]).map(([key, job]): [string, unknown] => [
    key,
    isMapping(job) ? { ...defaults, ...job } : job,
  ]);
  return { ...data, jobs: Object.fromEntries(jobs) };
}

function draftOf(data: unknown): EnvironmentDraft {
  if (!isMapping(data)) return { jobs: {} };
  const { jobs: _jobs, defaults: _defaults, ...shape } = environmentSchema.shape;
  const jobs = isMapping(data["jobs"]) ? Object.entries(data["jobs"]) : [];
  return {
    ...(goodValues(shape, data) as Partial<EnvironmentDefinition>),
    jobs: Object.fromEntries(
      jobs.map(([key, job]) => [key, isMapping(job) ? (goodValues(jobSchema.shape, job) as JobDraft) : {}]),
    ),
  };
}

function goodValues(shape: Readonly<Record<string, z.ZodType>>, data: Mapping): Mapping {
  const good: Mapping = {};
  for (const [key, schema] of Object.entries(shape)) {
    const result = schema.safeParse(data[key]);
    if (result.success && result.data !== undefined) good[key] = result.data;
  }
  return good;
}

type Mapping = Record<string, unknown>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
