import { z } from "zod";
import type { DbtCloudClient } from "./client";
import type { JobPayload } from "./job-payload";
import { runSchema } from "./runs";

const textOrNull = z.string().nullish();

/** A job as the API returns it. Fields that are not listed here are kept, so that they can be compared. */
const jobRecordSchema = z.looseObject({
  id: z.int(),
  project_id: z.int(),
  environment_id: z.int(),
  name: z.string(),
  description: textOrNull.transform((text) => text ?? ""),
  execute_steps: z.array(z.string()),
  triggers: z.looseObject({ schedule: z.boolean().nullish() }),
  schedule: z.looseObject({ cron: z.string() }).nullish(),
  updated_at: textOrNull,
  next_run: textOrNull,
  most_recent_run: runSchema.nullish(),
});

const environmentSchema = z.object({ id: z.int() });

/** A job as dbt Cloud has it. */
export type JobRecord = z.output<typeof jobRecordSchema>;

/** Which jobs to list. */
export interface JobsOf {
  readonly projectId: number;
  readonly environmentId: number;
}

/**
 * All jobs of an environment, in the order of their ids. dbt Cloud answers with an empty list also when the environment does not
 * exist. An empty list therefore costs a second request, which checks the environment. `checkEnvironment: false` leaves the
 * check out: a caller that creates jobs gets the error from dbt Cloud anyway.
 *
 * @throws DbtCloudError when a request fails, or the project has no such environment
 */
export async function listJobs(
  client: DbtCloudClient,
  { projectId, environmentId }: JobsOf,
  { withLastRun = false, checkEnvironment = true } = {},
): Promise<JobRecord[]> {
  const jobs = await client.list("v2/jobs/", jobRecordSchema, {
    project_id: projectId,
    environment_id: environmentId,
    ...(withLastRun ? { include_related: '["most_recent_run"]' } : {}),
  });
  if (jobs.length === 0 && checkEnvironment)
    await client.get(`v3/projects/${projectId}/environments/${environmentId}/`, environmentSchema);
  return jobs;
}

/** The jobs of an environment with exactly this name. The API itself can only search for a part of a name. */
export async function findJobs(
  client: DbtCloudClient,
  { projectId, environmentId }: JobsOf,
  name: string,
): Promise<JobRecord[]> {
  const found = await client.list("v2/jobs/", jobRecordSchema, {
    project_id: projectId,
    environment_id: environmentId,
    name__icontains: name,
  });
  return found.filter((job) => job.name === name);
}

/**
 * Creates a job.
 *
 * @param isSame whether a job with the same name is the one that this call creates. When the answer is lost, the function looks
 *   for that job before it sends the request again, so that the job is never created twice.
 */
export function createJob(
  client: DbtCloudClient,
  payload: JobPayload,
  isSame: (job: JobRecord) => boolean,
): Promise<JobRecord> {
  const where = { projectId: payload.project_id, environmentId: payload.environment_id };
  return client.post("v2/jobs/", payload, jobRecordSchema, async () =>
    (await findJobs(client, where, payload.name)).find(isSame),
  );
}

/** Changes the fields of a job that the payload has. dbt Cloud keeps the other fields. */
export function updateJob(client: DbtCloudClient, id: number, payload: JobPayload): Promise<JobRecord> {
  return client.post(`v2/jobs/${id}/`, { ...payload, id }, jobRecordSchema);
}

/** Deletes a job. */
export function deleteJob(client: DbtCloudClient, id: number): Promise<void> {
  return client.delete(`v2/jobs/${id}/`);
}

/** The address of a job's page in dbt Cloud. */
export function jobUrl(client: DbtCloudClient, projectId: number, id: number): string {
  return client.pageUrl(`projects/${projectId}/jobs/${id}`);
}
