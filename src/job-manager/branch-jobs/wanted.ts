import { jobPayload, type JobPayload } from "../../dbt-cloud/job-payload";
import type { EnvironmentDefinition } from "../../env-files/definition";
import type { JobDefinition } from "../../jobs/definition";
import { SCHEMA_VARIABLE } from "../../jobs/names";
import type { Branch } from "./branch";
import { digestOf, markedDescription, withoutMark, type Mark } from "./mark";

/** What a job of a branch is to be in dbt Cloud. */
export interface WantedJob {
  readonly key: string;
  readonly name: string;
  readonly definition: JobDefinition;
  /** The job's own values of environment variables, the branch's schema among them. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly mark: Mark;
  /** Keys of the jobs that it refers to by id. */
  readonly refersTo: readonly string[];
}

/** Where a payload's ids come from. */
export interface Ids {
  readonly accountId: number;
  /** The id of another job of the branch. */
  readonly jobIdOf: (key: string) => number;
  /** The id of an environment, by the name of its env file. */
  readonly environmentIdOf: (name: string) => number;
}

/** The jobs that an env file wants for a branch, in the order of the file. */
export function wantedJobs(environment: EnvironmentDefinition, branch: Branch): WantedJob[] {
  return Object.entries(environment.jobs).map(([key, definition]) => {
    const overrides = {
      ...environment.environment_variables,
      ...definition.environment_variables,
      [SCHEMA_VARIABLE]: branch.schema,
    };
    const { owner, schema } = branch;
    const digests = { definition: definitionDigest(definition), overrides: digestOf(Object.entries(overrides).sort()) };
    return {
      key,
      name: branch.nameOf(key),
      definition,
      overrides,
      mark: { ...owner, key, schema, ...digests },
      refersTo: refersTo(definition),
    };
  });
}

/** The body that makes a job what is wanted. `id` is its own, once it has one. */
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
 * The same body while the job's own values are still to come: nothing but a person may start it, because it would build
 * into the schema that all share, and its mark says that it is not finished.
 */
export function heldBack(payload: JobPayload, { mark }: WantedJob): JobPayload {
  return {
    ...payload,
    description: markedDescription(withoutMark(payload.description), { ...mark, pending: true }),
    triggers: { ...payload.triggers, schedule: false, on_merge: false },
    job_completion_trigger_condition: null,
  };
}

/** Whether a job starts without anybody's doing. */
export function startsByItself({ definition }: WantedJob): boolean {
  const { schedule, paused, run_after, triggers } = definition;
  return (schedule !== undefined && !paused) || run_after !== undefined || triggers.on_merge;
}

/** Digest of what dbt Cloud is told of a definition, whatever the ids are; what it is not told changes nothing there. */
function definitionDigest(definition: JobDefinition): string {
  const anywhere = { accountId: 0, projectId: 0, environmentId: 0, name: "", jobId: 0 };
  const payload = jobPayload(definition, { ...anywhere, jobIdOf: () => 0, environmentIdOf: () => 0 });
  return digestOf([payload, definition.run_after?.job, definition.defer_to]);
}

function refersTo({ run_after, defer_to }: JobDefinition): string[] {
  const deferred = typeof defer_to === "object" && "job" in defer_to ? [defer_to.job] : [];
  return [...(run_after ? [run_after.job] : []), ...deferred];
}
