import { z } from "zod";
import type { DbtCloudClient } from "../dbt-cloud/client";
import { readOverrides } from "../dbt-cloud/environment-variables";
import { listJobs, type JobRecord, type JobsOf } from "../dbt-cloud/jobs";
import { cloudJobIn, withoutIdentifier, type FoundJob, type Remark } from "./found-job";

const idsSchema = z
  .array(z.int())
  .nullish()
  .transform((ids) => ids ?? []);

const notificationSchema = z.object({
  id: z.int(),
  user_id: z.int().nullish(),
  on_success: idsSchema,
  on_failure: idsSchema,
  on_warning: idsSchema,
  on_cancel: idsSchema,
});

type Notification = z.output<typeof notificationSchema>;

/**
 * Reads all jobs of an environment of dbt Cloud, with their own values of environment variables.
 *
 * @param isWanted which jobs to read, by their ids and names. Default: all
 * @throws DbtCloudError when a request fails, or an answer has another form
 */
export async function jobsInDbtCloud(
  client: DbtCloudClient,
  where: JobsOf,
  isWanted: (job: { readonly id: number; readonly name: string; readonly description: string }) => boolean = () => true,
): Promise<FoundJob[]> {
  return foundJobs(client, where, (await listJobs(client, where)).filter(isWanted));
}

/**
 * Listed jobs with their own values of environment variables.
 *
 * @throws DbtCloudError when a request fails, or an answer has another form
 */
export function foundJobs(client: DbtCloudClient, where: JobsOf, records: readonly JobRecord[]): Promise<FoundJob[]> {
  return Promise.all(
    records.map(async (record) => {
      const variables = await readOverrides(client, where.projectId, record.id);
      return { id: record.id, variables, ...withoutIdentifier(cloudJobIn(record)) };
    }),
  );
}

/**
 * The notifications of dbt Cloud about jobs, in words. An env file could declare them, but Terraform would create each a second time.
 * Addresses are not shown.
 *
 * @param keyOf the key of an adopted job by its id
 */
export async function notificationRemarks(
  client: DbtCloudClient,
  keyOf: (id: number) => string | undefined,
): Promise<Remark[]> {
  const notifications = await client.list("v2/notifications/", notificationSchema);
  return notifications.flatMap((notification) =>
    [...jobsOf(notification)].flatMap((id) => {
      const job = keyOf(id);
      return job === undefined ? [] : [remarkOf(notification, job)];
    }),
  );
}

function jobsOf({ on_success, on_failure, on_warning, on_cancel }: Notification): Set<number> {
  return new Set([...on_success, ...on_failure, ...on_warning, ...on_cancel]);
}

function remarkOf({ id, user_id }: Notification, job: string): Remark {
  return {
    kind: "lost",
    job,
    field: "notifications",
    value: String(id),
    reason: `notification ${id} of user ${user_id ?? "unknown"} names the job, and Terraform does not manage it`,
    fix: "keep it as it is, or declare it under `notifications` and delete it in dbt Cloud before the apply",
  };
}
