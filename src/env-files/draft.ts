import { z } from "zod";
import { jobKeySchema, jobSchema, type JobDefinition } from "../jobs/definition";
import { defaultsSchema, environmentSchema, type EnvironmentDefinition } from "./definition";
import type { Finding } from "./finding";
import { findingsOf } from "./schema-findings";
import type { KeyPath } from "./yaml-source";

/** A job of which some values may have been refused; the good ones are there, defaults filled in. */
export type JobDraft = Partial<JobDefinition>;

/** An environment of which some values may have been refused, so that rules can still look at the others. */
export type EnvironmentDraft = Partial<Omit<EnvironmentDefinition, "jobs">> & {
  readonly jobs: Readonly<Record<string, JobDraft>>;
};

/** The result of the schema for an env file. */
export type SchemaResult =
  { readonly definition: EnvironmentDefinition } | { readonly draft: EnvironmentDraft; readonly findings: Finding[] };

/**
 * Puts an env file's data through the schema, with the file's `defaults` under each job.
 *
 * @returns the definition, or all findings and the values that are good
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

/** The place of a value in the file: in the job, or in `defaults` when the job takes it over. */
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

/** zod does not check the job of a bad key, but the person needs all findings at once. */
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

/** Only good defaults reach the jobs. A bad default is reported once, at its place. */
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
