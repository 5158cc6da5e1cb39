import { jobPayload, type JobPayload } from "../../dbt-cloud/job-payload";
import type { EnvironmentDefinition } from "../../env-files/definition";
import { SCHEMA_VARIABLE } from "../../jobs/branch-schema";
import type { JobDefinition } from "../../jobs/definition";
import { jobsById } from "../../jobs/order";
import type { Branch } from "./branch";
import { digestOf, markedDescription, withoutMark, type Mark } from "./mark";

/** A job of a branch as it should be in dbt Cloud. */
export interface WantedJob {
  readonly key: string;
  readonly name: string;
  readonly definition: JobDefinition;
  /** The job's own values of environment variables. One of them is the branch's schema. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly mark: Mark;
  /** The keys of the jobs that its payload refers to by id. */
  readonly refersTo: readonly string[];
}

/** The ids that a payload needs. */
export interface Ids {
  readonly accountId: number;
  /** The id of another job of the branch. */
  readonly jobIdOf: (key: string) => number;
  /** The id of an environment, by the name of its env file. */
  readonly environmentIdOf: (name: string) => number;
}

/** The jobs that an env file declares for a branch, in the order of the file. */
export function wantedJobs(environment: EnvironmentDefinition, branch: Branch): WantedJob[] {
  return Object.entries(environment.jobs).map(([key, definition]) => {
    const overrides = {
      ...environment.environment_variables,
      ...definition.environment_variables,
      [SCHEMA_VARIABLE]: branch.schema,
    };
    const { owner, schema } = branch;
    const digests = { definition: definitionDigest(definition), overrides: overridesDigest(overrides) };
    return {
      key,
      name: branch.nameOf(key),
      definition,
      overrides,
      mark: { ...owner, key, schema, ...digests },
      refersTo: jobsById(definition),
    };
  });
}

/** The digest of a job's own values of environment variables, as its mark has it. */
export function overridesDigest(overrides: Readonly<Record<string, string>>): string {
  return digestOf(Object.entries(overrides).sort());
}

/** The final payload of a job. `id` is the job's own id; undefined when the job does not exist yet. */
export function payloadOf({ name, definition, mark }: WantedJob, ids: Ids, id: number | undefined): JobPayload {
  const payload = jobPayload(definition, {
    accountId: ids.accountId,
    projectId: mark.project,
    environmentId: mark.environment,
    name,
    jobId: id,
    jobIdOf: ids.jobIdOf,
    environmentIdOf: ids.environmentIdOf,
  });
  return { ...payload, description: markedDescription(payload.description, mark) };
}

/**
 * The payload of a job that does not have its own values of environment variables yet. Only a person can start the job, because a
 * run would build into the shared schema. Its mark says that the job is unfinished.
 */
export function unfinished(payload: JobPayload, { mark }: WantedJob): JobPayload {
  return {
    ...payload,
    description: markedDescription(withoutMark(payload.description), { ...mark, pending: true }),
    triggers: { ...payload.triggers, schedule: false, on_merge: false },
    job_completion_trigger_condition: null,
  };
}

/** Whether a schedule, another job or a merge starts the job. */
export function startsByItself({ definition }: WantedJob): boolean {
  const { schedule, paused, run_after, triggers } = definition;
  return (schedule !== undefined && !paused) || run_after !== undefined || triggers.on_merge;
}

/** The digest of a definition, without ids. Only fields that are sent to dbt Cloud count. */
function definitionDigest(definition: JobDefinition): string {
  const withoutIds = { accountId: 0, projectId: 0, environmentId: 0, name: "", jobId: 0 };
  const payload = jobPayload(definition, { ...withoutIds, jobIdOf: () => 0, environmentIdOf: () => 0 });
  return digestOf([payload, definition.run_after?.job, definition.defer_to]);
}
