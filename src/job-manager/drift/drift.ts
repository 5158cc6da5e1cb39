import { fieldsOf } from "../../adoption/fields-of";
import { cloudJobIn, type CloudJob } from "../../adoption/found-job";
import type { EnvFileTarget } from "../../adoption/env-file-target";
import type { Override } from "../../dbt-cloud/environment-variables";
import { jobPayload, type JobPayload } from "../../dbt-cloud/job-payload";
import type { JobRecord } from "../../dbt-cloud/jobs";
import { jobsText } from "../../env-files/insert-jobs";
import { SCHEMA_VARIABLE } from "../../jobs/branch-schema";
import { terraformJobName } from "../../jobs/names";
import { environmentIdByName, referencedId } from "../../jobs/reference";
import { SECRET_NAME } from "../../jobs/secret-name";
import { differencesOf, valueDifferences, type Difference } from "../branch-jobs/differences";
import { withoutMark } from "../branch-jobs/mark";
import { payloadOf, wantedJobs } from "../branch-jobs/wanted";
import type { Target } from "../target";

/** A declared job that differs in dbt Cloud. */
export interface DriftedJob {
  readonly key: string;
  readonly record: JobRecord;
  /** `before` is the value of the env file, and `after` that of dbt Cloud. */
  readonly differences: readonly Difference[];
  /** The lines that declare the job as it is in dbt Cloud; empty when only lines are to be removed. */
  readonly yaml: string;
  /** The fields of the env file that the job does not have in dbt Cloud. */
  readonly removed: readonly string[];
}

/** What the comparison of a job depends on. */
export interface DriftInput {
  readonly target: Target;
  readonly file: Pick<EnvFileTarget, "defaults" | "environments">;
  /** The declared jobs in dbt Cloud, by key. */
  readonly records: ReadonlyMap<string, JobRecord>;
  /** The own values of environment variables of these jobs, by the id of the job. */
  readonly overrides: ReadonlyMap<number, ReadonlyMap<string, Override>>;
}

/** The id of a job that is not in dbt Cloud. */
const MISSING = 0;

/** The declared jobs that differ in dbt Cloud, in the order of the env file. */
export function driftedJobs(input: DriftInput): DriftedJob[] {
  const { records } = input;
  const keys = new Map([...records].map(([key, { id }]) => [id, key]));
  const keyOf = (id: number): string => (id === MISSING ? "a job that is missing" : (keys.get(id) ?? `job ${id}`));
  return [...records].flatMap(([key, record]) => {
    const wanted = wantedOf(key, record, input);
    const inverse = differencesOf(record, wanted.payload, keyOf).filter(({ field }) => field !== "mark");
    const differences = [
      ...inverse.map(({ field, before, after }) => ({ field, before: after, after: before })),
      ...variableDifferences(wanted.variables, input.overrides.get(record.id) ?? new Map()),
    ];
    return differences.length === 0 ? [] : [{ key, record, differences, ...lines(key, record, wanted, input, keys) }];
  });
}

/** The secret values of jobs, which dbt Cloud does not show: `attribution: DBT_ENV_SECRET_KEY`. */
export function unseenValues({ records, overrides }: DriftInput): string[] {
  return [...records].flatMap(([key, { id }]) =>
    [...(overrides.get(id)?.keys() ?? [])].filter(isSecret).map((name) => `${key}: ${name}`),
  );
}

interface Wanted {
  readonly payload: JobPayload;
  readonly variables: Readonly<Record<string, string>>;
}

/** The job as the env file declares it, for both ways to dbt Cloud. */
function wantedOf(key: string, { id }: JobRecord, { target, records }: DriftInput): Wanted {
  const { environment, beside, branch, client, where } = target;
  const ids = {
    accountId: client.accountId,
    jobIdOf: (other: string) => records.get(other)?.id ?? MISSING,
    environmentIdOf: (name: string) => environmentIdByName([environment, ...beside], name) ?? MISSING,
  };
  if (branch) {
    const wanted = wantedJobs(environment, branch).find((job) => job.key === key)!;
    return { payload: payloadOf(wanted, ids, id), variables: wanted.overrides };
  }
  const { team, name: environmentName, jobs } = environment;
  const definition = jobs[key]!;
  const name = terraformJobName({ team, key, environment: environmentName });
  return {
    payload: jobPayload(definition, { ...ids, ...where, name, jobId: id }),
    variables: definition.environment_variables,
  };
}

function variableDifferences(
  wanted: Readonly<Record<string, string>>,
  own: ReadonlyMap<string, Override>,
): Difference[] {
  const names = [...new Set([...Object.keys(wanted), ...own.keys()])].filter((name) => !isSecret(name));
  return names.flatMap((name) => valueDifferences(`environment_variables.${name}`, wanted[name], own.get(name)?.value));
}

/** The lines of the env file that differ. dbt Cloud has no category, and names of jobs follow from their keys. */
function lines(
  key: string,
  record: JobRecord,
  wanted: Wanted,
  input: DriftInput,
  keys: ReadonlyMap<number, string>,
): Pick<DriftedJob, "yaml" | "removed"> {
  const own = input.overrides.get(record.id) ?? new Map<string, Override>();
  const live = new Map([...own].map(([name, { value }]) => [name, value]));
  const declared = new Map(Object.entries(wanted.variables));
  const [now, before] = [[record, live] as const, [{ ...wanted.payload, id: record.id }, declared] as const].map(
    ([job, variables]) => writtenFields(cloudJobIn(job), variables, input, keys),
  );
  const differs = (name: string): boolean => JSON.stringify(now![name]) !== JSON.stringify(before![name]);
  const fields = Object.fromEntries(Object.entries(now!).filter(([name]) => differs(name)));
  return {
    yaml: Object.keys(fields).length === 0 ? "" : `jobs:\n${jobsText([{ key, fields }])}`,
    removed: Object.keys(before!).filter((name) => !(name in now!)),
  };
}

function writtenFields(
  job: CloudJob,
  variables: ReadonlyMap<string, string>,
  { target, file }: DriftInput,
  keys: ReadonlyMap<number, string>,
): Readonly<Record<string, unknown>> {
  const { environment, branch } = target;
  const isOfBranch = (name: string, value: string): boolean =>
    branch !== undefined && (name === SCHEMA_VARIABLE || environment.environment_variables[name] === value);
  const own = [...variables].filter(([name, value]) => !isOfBranch(name, value));
  const found = {
    id: job.id ?? undefined,
    job: { ...job, description: withoutMark(job.description ?? "") },
    variables: new Map(own.map(([name, value]) => [name, { value }])),
  };
  const { category: _guess, ...fields } = fieldsOf(found, {
    projectId: referencedId(environment.project),
    defaults: file.defaults,
    owner: environment.team,
    keyOf: (id) => keys.get(id),
    environmentOf: (id) => file.environments.find((one) => referencedId(one.environment) === id)?.name,
  }).fields;
  return fields;
}

function isSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}
