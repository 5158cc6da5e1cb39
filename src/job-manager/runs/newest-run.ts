import { listJobs } from "../../dbt-cloud/jobs";
import { newestRun, type Run } from "../../dbt-cloud/runs";
import { checkKeys, jobsByKey, notDeployed, type Target } from "../target";

/** The newest run of a job, and the place of the job. */
export interface NewestRun extends Pick<Target, "client"> {
  /** Undefined when the job never ran. */
  readonly run: Run | undefined;
}

/**
 * Finds the newest run of a job in dbt Cloud.
 *
 * @param key the key of the job in the env file
 * @param config the path of the env file, for messages
 * @throws CommandError when the key is unknown, or the job is not deployed
 */
export async function newestRunOf(key: string, config: string, target: Target): Promise<NewestRun> {
  const { client, where, environment } = target;
  checkKeys([key], Object.keys(environment.jobs), config);
  const record = jobsByKey(target, await listJobs(client, where)).get(key) ?? notDeployed(key, target);
  return { client, run: await newestRun(client, record.id) };
}
