import { z } from "zod";
import { checkAnswer } from "./answers";
import type { DbtCloudClient } from "./client";

const knownSchema = z.object({ variables: z.record(z.string(), z.unknown()) });

const valueSchema = z.object({ id: z.int(), value: z.string().nullish() });
const ofJobSchema = z.record(z.string(), z.object({ job: valueSchema.nullish() }));
const writtenSchema = z.looseObject({ id: z.int() });

/** A job's own value of an environment variable. */
export interface Override {
  readonly id: number;
  /** dbt Cloud masks the value of a secret. */
  readonly value: string;
}

/** The names of a project's environment variables. */
export async function knownVariables(client: DbtCloudClient, projectId: number): Promise<Set<string>> {
  const { variables } = await client.get(`${variablesPath(projectId)}environment/`, knownSchema);
  return new Set(Object.keys(variables));
}

/** A job's own values of environment variables, by name. */
export async function readOverrides(
  client: DbtCloudClient,
  projectId: number,
  jobId: number,
): Promise<Map<string, Override>> {
  const query = { job_definition_id: jobId };
  const variables = await client.get(`${variablesPath(projectId)}job/`, ofJobSchema, query);
  return new Map(
    Object.entries(variables).flatMap(([name, { job }]) =>
      job ? [[name, { id: job.id, value: job.value ?? "" }] as const] : [],
    ),
  );
}

/**
 * Gives a job its own value of a variable. The job must not have one yet.
 *
 * @throws DbtCloudError when the request fails, or the answer is not the job's own value
 */
export async function createOverride(
  client: DbtCloudClient,
  projectId: number,
  jobId: number,
  name: string,
  value: string,
): Promise<void> {
  const body = overrideBody(client, projectId, jobId, name, value);
  const path = variablesPath(projectId);
  const row = await client.post(path, { ...body, id: null }, writtenSchema, async () => {
    const own = (await readOverrides(client, projectId, jobId)).get(name);
    return own && { id: own.id };
  });
  checkAnswer(`POST ${path}`, row, identityIn(body));
}

/**
 * Replaces a job's own value of a variable.
 *
 * @throws DbtCloudError when the request fails, or the answer is not the job's own value
 */
export async function updateOverride(
  client: DbtCloudClient,
  projectId: number,
  jobId: number,
  name: string,
  { id, value }: Override,
): Promise<void> {
  const body = overrideBody(client, projectId, jobId, name, value);
  const path = `${variablesPath(projectId)}${id}/`;
  const row = await client.post(path, { ...body, id }, writtenSchema);
  checkAnswer(`POST ${path}`, row, { ...identityIn(body), id });
}

/** Removes a job's own value of a variable. */
export function deleteOverride(client: DbtCloudClient, projectId: number, overrideId: number): Promise<void> {
  return client.delete(`${variablesPath(projectId)}${overrideId}/`);
}

function variablesPath(projectId: number): string {
  return `v3/projects/${projectId}/environment-variables/`;
}

type OverrideBody = Readonly<Record<"account_id" | "project_id" | "job_definition_id", number>> &
  Readonly<Record<"name" | "raw_value" | "type", string>>;

/** The fields that say which value of which job this is. */
function identityIn({ raw_value: _value, ...fields }: OverrideBody): Readonly<Record<string, unknown>> {
  return fields;
}

function overrideBody(
  { accountId }: DbtCloudClient,
  projectId: number,
  jobId: number,
  name: string,
  value: string,
): OverrideBody {
  return {
    account_id: accountId,
    project_id: projectId,
    job_definition_id: jobId,
    name,
    raw_value: value,
    type: "job",
  };
}
