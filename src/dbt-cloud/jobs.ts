import { z } from "zod";
import type { DbtCloudClient } from "./client";
import type { JobPayload } from "./job-payload";
import { runSchema } from "./runs";

const textOrNull = z.string().nullish();

/** The row that the API returns for a job. What is not named here is kept, so that a field can be compared by its path. */
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
 * All jobs of an environment, in the order of their ids. The list of an environment that does not exist is as empty as that
 * of a new one, so that an empty one costs a second request; who is about to create jobs learns it from dbt Cloud anyway and
 * can do without, by `checkEnvironment: false`.
 *
 * @throws DbtCloudError also when the project has no such environment
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

/** The jobs of an environment with a name; the API itself looks for parts of names only. */
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
 * @param isSame tells the job in question from others of its name: when the answer is lost, it is looked for before it is
 *   sent again, so that there are never two
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

/** Replaces what a job's payload says; what it does not say is kept. */
export function updateJob(client: DbtCloudClient, id: number, payload: JobPayload): Promise<JobRecord> {
  return client.post(`v2/jobs/${id}/`, { ...payload, id }, jobRecordSchema);
}

/** Deletes a job. */
export function deleteJob(client: DbtCloudClient, id: number): Promise<void> {
  return client.delete(`v2/jobs/${id}/`);
}

/** A job's page. */
export function jobUrl(client: DbtCloudClient, projectId: number, id: number): string {
  return client.pageUrl(`projects/${projectId}/jobs/${id}`);
}
