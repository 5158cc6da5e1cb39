import { z } from "zod";
import { checkAnswer } from "./answers";
import type { DbtCloudClient, Query } from "./client";
import { DbtCloudError } from "./errors";
import type { JobPayload } from "./job-payload";
import { runSchema } from "./runs";

const textOrNull = z.string().nullish();

/** A job as the API returns it. Fields that are not listed here are kept, so that they can be compared. */
const jobRecordSchema = z.looseObject({
  id: z.int(),
  account_id: z.int(),
  project_id: z.int(),
  environment_id: z.int(),
  name: z.string(),
  description: textOrNull.transform((text) => text ?? ""),
  execute_steps: z.array(z.string()),
  triggers: z.looseObject({ schedule: z.boolean().nullish() }),
  schedule: z.looseObject({ cron: z.string() }).nullish(),
  created_at: textOrNull,
  updated_at: textOrNull,
  next_run: textOrNull,
  most_recent_run: runSchema.nullish(),
});

const environmentSchema = z.object({ id: z.int(), project_id: z.int().nullish(), account_id: z.int().nullish() });

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
 * check out, for a caller that has checked the environment before. `likelyTotal` is the number of jobs that the environment
 * probably has.
 *
 * @throws DbtCloudError when a request fails, the list has a job of another account, project or environment, or the project has no
 *   such environment
 */
export async function listJobs(
  client: DbtCloudClient,
  { projectId, environmentId }: JobsOf,
  { withLastRun = false, checkEnvironment = true, likelyTotal = 0 } = {},
): Promise<JobRecord[]> {
  const jobs = await jobsOf(
    client,
    { projectId, environmentId },
    withLastRun ? { include_related: '["most_recent_run"]' } : {},
    likelyTotal,
  );
  if (jobs.length === 0 && checkEnvironment) {
    const path = `v3/projects/${projectId}/environments/${environmentId}/`;
    const found = await client.get(path, environmentSchema);
    checkAnswer(`GET ${path}`, found, { account_id: client.accountId, project_id: projectId, id: environmentId });
  }
  return jobs;
}

/** A job with its last run; undefined when the job does not exist. */
export async function readJob(client: DbtCloudClient, id: number): Promise<JobRecord | undefined> {
  const path = `v2/jobs/${id}/`;
  try {
    const job = await client.get(path, jobRecordSchema, { include_related: '["most_recent_run"]' });
    checkAnswer(`GET ${path}`, job, { account_id: client.accountId, id });
    return job;
  } catch (error) {
    if (error instanceof DbtCloudError && error.failure === "missing") return undefined;
    throw error;
  }
}

/** The jobs of an environment with exactly this name. The API itself can only search for a part of a name. */
export async function findJobs(client: DbtCloudClient, where: JobsOf, name: string): Promise<JobRecord[]> {
  return (await jobsOf(client, where, { name__icontains: name })).filter((job) => job.name === name);
}

async function jobsOf(client: DbtCloudClient, where: JobsOf, query: Query, likelyTotal = 0): Promise<JobRecord[]> {
  const { projectId, environmentId } = where;
  const filter = { project_id: projectId, environment_id: environmentId };
  const jobs = await client.list("v2/jobs/", jobRecordSchema, { ...filter, ...query }, likelyTotal);
  for (const job of jobs) checkAnswer("GET v2/jobs/", job, { account_id: client.accountId, ...filter });
  return jobs;
}

/**
 * Creates a job.
 *
 * @param isSame whether a job with the same name is the one that this call creates. When the answer is lost, the function looks
 *   for that job before it sends the request again, so that the job is never created twice.
 * @throws DbtCloudError when the request fails, or the answer is not the job as it was sent
 */
export async function createJob(
  client: DbtCloudClient,
  payload: JobPayload,
  isSame: (job: JobRecord) => boolean,
): Promise<JobRecord> {
  const where = { projectId: payload.project_id, environmentId: payload.environment_id };
  let found: JobRecord | undefined;
  const job = await client.post("v2/jobs/", payload, jobRecordSchema, async () => {
    found = (await findJobs(client, where, payload.name)).find(isSame);
    return found;
  });
  if (job !== found) checkWritten(client, "POST v2/jobs/", job, payload);
  return job;
}

/**
 * Changes the fields of a job that the payload has. dbt Cloud keeps the other fields.
 *
 * @throws DbtCloudError when the request fails, or the answer is not the job as it was sent
 */
export async function updateJob(client: DbtCloudClient, id: number, payload: JobPayload): Promise<JobRecord> {
  const path = `v2/jobs/${id}/`;
  const job = await client.post(path, { ...payload, id }, jobRecordSchema);
  checkAnswer(`POST ${path}`, job, { id });
  checkWritten(client, `POST ${path}`, job, payload);
  return job;
}

/** The last line of a description is compared, because it holds a branch job's mark. */
function checkWritten(client: DbtCloudClient, request: string, job: JobRecord, sent: JobPayload): void {
  const { project_id, environment_id, name, description } = sent;
  checkAnswer(request, job, { account_id: client.accountId, project_id, environment_id, name });
  const end = { id: job.id, name, "the last line of description": lastLine(job.description) };
  checkAnswer(request, end, { "the last line of description": lastLine(description) });
}

function lastLine(text: string): string {
  return text
    .trimEnd()
    .split(/[\r\n]+/)
    .at(-1)!;
}

/** Deletes a job. */
export function deleteJob(client: DbtCloudClient, id: number): Promise<void> {
  return client.delete(`v2/jobs/${id}/`);
}

/** The address of a job's page in dbt Cloud. */
export function jobUrl(client: DbtCloudClient, projectId: number, id: number): string {
  return client.pageUrl(`projects/${projectId}/jobs/${id}`);
}
