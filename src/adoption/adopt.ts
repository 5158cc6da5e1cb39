import { insertJobs, jobsText, type JobEntry } from "../env-files/insert-jobs";
import { ConfigurationError, type Problem } from "../env-files/problem";
import { terraformJobName } from "../jobs/names";
import { referencedId } from "../jobs/reference";
import type { EnvFileTarget } from "./env-file-target";
import { fieldsOf } from "./fields-of";
import type { FoundJob, Remark } from "./found-job";
import { keyFor } from "./keys";
import { withoutRefused } from "./refused-values";

/** The result of an adoption. */
export interface Adoption {
  /** The keys of the new jobs, in the order of the YAML. */
  readonly added: readonly string[];
  /** The keys of the jobs that the env file already has. */
  readonly present: readonly string[];
  /** The keys of the jobs that have an id in dbt Cloud. */
  readonly keyById: ReadonlyMap<number, string>;
  /** The YAML of the new jobs; empty when there is none. */
  readonly yaml: string;
  /** The text of the env file with the new jobs. */
  readonly text: string;
  readonly remarks: readonly Remark[];
}

/** A job with its key. */
interface KeyedJob {
  readonly key: string;
  readonly found: FoundJob;
}

/**
 * Adds jobs to an env file under keys that are made of their names. A job that the file has already is left out, so a second adoption
 * adds nothing. Values that the env file cannot have are left out, with a remark for each.
 *
 * @throws ConfigurationError when nothing can be inserted into the file
 */
export function adopt(found: readonly FoundJob[], target: EnvFileTarget): Adoption {
  const { keyed, present } = withKeys(found, target);
  const keys = new Map([...presentIds(target), ...keyed.concat(present).flatMap(idAndKey)]);
  const translated = keyed.map(({ key, found: one }) => translate(key, one, target, keys));
  const { jobs, remarks: refused } = withoutRefused(
    translated.map(({ entry }) => entry),
    (entries) => problemsOfJobs(target, entries),
  );
  const added = jobs.map(({ key }) => key);
  return {
    added,
    present: present.map(({ key }) => key),
    keyById: keys,
    yaml: jobs.length === 0 ? "" : `jobs:\n${jobsText(jobs)}`,
    text: insertJobs(target.file, target.text, jobs),
    remarks: [...translated.flatMap(({ remarks }) => remarks), ...refused],
  };
}

/** The problems of the new jobs. Problems in other places were there before. */
function problemsOfJobs(target: EnvFileTarget, jobs: readonly JobEntry[]): readonly Problem[] {
  if (jobs.length === 0) return [];
  const problems = target.problemsOf(insertJobs(target.file, target.text, jobs));
  const isOwn = ({ path }: Problem): boolean => jobs.some(({ key }) => `${path}.`.startsWith(`jobs.${key}.`));
  const others = problems.filter((problem) => !isOwn(problem));
  if (others.length > 0) throw new ConfigurationError(others);
  return problems;
}

function withKeys(found: readonly FoundJob[], target: EnvFileTarget): { keyed: KeyedJob[]; present: KeyedJob[] } {
  const { jobs, name, team } = target.environment;
  const ids = presentIds(target);
  const taken = new Set<string>();
  const keyed: KeyedJob[] = [];
  const present: KeyedJob[] = [];
  for (const one of found) {
    const known = (one.id === undefined ? undefined : ids.get(one.id)) ?? keyByName(one, target);
    const isKeyed = one.id === undefined || target.environment.applied_by === "api";
    // Without ids, a job is known by its key, so its key must not depend on the keys of the file.
    const isTaken = (key: string): boolean => taken.has(key) || (!isKeyed && Object.hasOwn(jobs, key));
    const key = known ?? keyFor(one, { team, environment: name }, isTaken);
    taken.add(key);
    (known !== undefined || Object.hasOwn(jobs, key) ? present : keyed).push({ key, found: one });
  }
  return { keyed, present };
}

/** The key of the file's job that Terraform has already given this name. */
function keyByName({ job }: FoundJob, { environment }: EnvFileTarget): string | undefined {
  const { team, name, jobs } = environment;
  return Object.keys(jobs).find((key) => terraformJobName({ team, key, environment: name }) === job.name);
}

function presentIds({ environment: { jobs } }: EnvFileTarget): Map<number, string> {
  const entries = Object.entries(jobs);
  return new Map(entries.flatMap(([key, { adopt_job_id: id }]) => (id === undefined ? [] : [[id, key] as const])));
}

function idAndKey({ key, found }: KeyedJob): [number, string][] {
  return found.id === undefined ? [] : [[found.id, key]];
}

function translate(
  key: string,
  found: FoundJob,
  { environment, environments, defaults }: EnvFileTarget,
  keys: ReadonlyMap<number, string>,
): { entry: JobEntry; remarks: Remark[] } {
  const { fields, remarks } = fieldsOf(found, {
    projectId: referencedId(environment.project),
    defaults,
    owner: typeof defaults["owner"] === "string" ? defaults["owner"] : environment.team,
    keyOf: (id) => keys.get(id),
    environmentOf: (id) => environments.find(({ environment: one }) => referencedId(one) === id)?.name,
  });
  const adopts = environment.applied_by === "terraform" && found.id !== undefined;
  const own = remarks.map((remark) => ({ ...remark, job: key }));
  return {
    entry: { key, fields: adopts ? { ...fields, ...adoptionOf(found, fields) } : fields },
    remarks: adopts ? [...own, ...newName(key, found, environment)] : own,
  };
}

/** The ids of the objects that Terraform imports: the job, and its values of environment variables. */
function adoptionOf({ id, variables }: FoundJob, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const written = Object.keys((fields["environment_variables"] as object | undefined) ?? {});
  const overrides = written.flatMap((name) => {
    const override = variables.get(name)?.id;
    return override === undefined ? [] : [[name, override] as const];
  });
  return {
    adopt_job_id: id,
    ...(overrides.length > 0 ? { adopt_override_ids: Object.fromEntries(overrides) } : {}),
  };
}

function newName(key: string, { job }: FoundJob, { team, name }: EnvFileTarget["environment"]): Remark[] {
  const next = terraformJobName({ team, key, environment: name });
  if (job.name === next) return [];
  const reason = `the job's name in dbt Cloud becomes ${next}, because a job is named after its key`;
  return [
    {
      kind: "changed",
      job: key,
      field: "name",
      value: JSON.stringify(job.name),
      reason,
      fix: "change the key for another name",
    },
  ];
}
