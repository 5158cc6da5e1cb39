import { z } from "zod";
import type { DbtCloudClient } from "../dbt-cloud/client";
import { createOverride } from "../dbt-cloud/environment-variables";
import { jobPayload, type JobPayload } from "../dbt-cloud/job-payload";
import { createJob, updateJob } from "../dbt-cloud/jobs";
import type { EnvironmentDefinition } from "../env-files/definition";
import type { JobDefinition } from "../jobs/definition";
import { terraformJobName } from "../jobs/names";
import { inOrder, jobsById } from "../jobs/order";
import type { Place } from "./places";

/** A job of an env file. */
export interface DeclaredJob {
  readonly environment: EnvironmentDefinition;
  readonly key: string;
  readonly definition: JobDefinition;
}

/** A job in dbt Cloud. */
export interface CreatedJob extends DeclaredJob {
  readonly id: number;
}

/** The declared environments and jobs, and their places in dbt Cloud. */
export interface Declared {
  readonly environments: readonly EnvironmentDefinition[];
  readonly places: ReadonlyMap<string, Place>;
}

/**
 * Creates the declared jobs with their environment variables. Each request body is the same as in all other clients of
 * this project ({@link jobPayload}).
 *
 * @param chosen the jobs to create. The function also creates the jobs that they refer to. Such a job starts by itself
 *   only if it is also chosen
 * @returns the chosen jobs, in the same order
 */
export async function createDeclaredJobs(
  client: DbtCloudClient,
  declared: Declared,
  chosen: readonly DeclaredJob[],
): Promise<CreatedJob[]> {
  await createVariables(client, declared);
  const created: CreatedJob[] = [];
  for (const environment of declared.environments) {
    const keys = chosen.filter((job) => job.environment === environment).map(({ key }) => key);
    const ids = await createJobsOf(client, declared, environment, keys);
    for (const key of keys) {
      created.push({ environment, key, definition: environment.jobs[key]!, id: ids.get(key)! });
    }
  }
  return chosen.map(({ environment, key }) =>
    created.find((job) => job.environment === environment && job.key === key)!,
  );
}

async function createJobsOf(
  client: DbtCloudClient,
  declared: Declared,
  environment: EnvironmentDefinition,
  keys: readonly string[],
): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for (const key of inOrder(withReferences(keys, environment.jobs), environment.jobs)) {
    const definition = environment.jobs[key]!;
    const payloadFor = (jobId: number | undefined): JobPayload => {
      const payload = payloadOf(client, declared, { environment, key, definition }, ids, jobId);
      return keys.includes(key) ? payload : { ...payload, job_completion_trigger_condition: null };
    };
    const { id } = await createJob(client, payloadFor(undefined), ({ name }) => name === payloadFor(undefined).name);
    // Only an existing job can defer to itself.
    if (definition.defer_to === "self") await updateJob(client, id, payloadFor(id));
    for (const [name, value] of Object.entries(definition.environment_variables)) {
      await createOverride(client, declared.places.get(environment.name)!.projectId, id, name, value);
    }
    ids.set(key, id);
  }
  return ids;
}

/** The given keys, and the keys of all jobs that they refer to by id, directly or indirectly. */
function withReferences(keys: readonly string[], jobs: EnvironmentDefinition["jobs"]): string[] {
  const found = new Set(keys);
  for (const key of found) {
    for (const reference of jobsById(jobs[key]!)) found.add(reference);
  }
  return [...found];
}

function payloadOf(
  { accountId }: DbtCloudClient,
  { places }: Declared,
  { environment, key, definition }: DeclaredJob,
  ids: ReadonlyMap<string, number>,
  jobId: number | undefined,
): JobPayload {
  return jobPayload(definition, {
    accountId,
    ...places.get(environment.name)!,
    name: terraformJobName({ team: environment.team, key, environment: environment.name }),
    jobId,
    jobIdOf: (other) => ids.get(other)!,
    environmentIdOf: (name) => places.get(name)!.environmentId,
  });
}

const writtenSchema = z.unknown();
const environmentSchema = z.object({ name: z.string() });

/**
 * The environments' values of variables. dbt Cloud accepts all values of a variable in one request, by environment
 * name.
 */
async function createVariables(client: DbtCloudClient, { environments, places }: Declared): Promise<void> {
  const bodies = new Map<string, { projectId: number; values: Record<string, string> }>();
  for (const { name, environment_variables } of environments) {
    const { projectId, environmentId } = places.get(name)!;
    const variables = Object.entries(environment_variables);
    if (variables.length === 0) continue;
    const environment = await client.get(`v3/projects/${projectId}/environments/${environmentId}/`, environmentSchema);
    for (const [variable, value] of variables) {
      const { values } = bodies.get(`${projectId} ${variable}`) ?? { values: { new_name: variable } };
      bodies.set(`${projectId} ${variable}`, { projectId, values: { ...values, [environment.name]: value } });
    }
  }
  for (const { projectId, values } of bodies.values()) {
    await client.post(`v3/projects/${projectId}/environment-variables/bulk/`, { env_var: values }, writtenSchema);
  }
}
