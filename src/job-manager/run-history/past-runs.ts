import { readFileSync } from "node:fs";
import { z } from "zod";
import { listJobs } from "../../dbt-cloud/jobs";
import type { ProcessEnvironment } from "../../env-files/process-environment";
import { jobKeySchema } from "../../jobs/definition";
import { RUN_STATUS } from "../../jobs/run-status";
import { shapeProblem } from "../../jobs/shape-problem";
import type { Outcome } from "../../simulation/timeline";
import { CommandError } from "../commands/command";
import { EXIT } from "../exit-codes";
import { jobsByKey, type Target } from "../target";
import { secondsOf, type Period } from "./attainment";
import { cacheFile, readHistory } from "./history";

/** The past runs of jobs, by the name of the environment and the key of the job. */
export type PastRuns = (environment: string, key: string) => readonly Outcome[];

const LONGEST = 86_400;

const fileSchema = z.strictObject({
  runs: z
    .array(
      z.strictObject({
        job: jobKeySchema,
        environment: z.string().optional(),
        seconds: z.number().min(0).max(LONGEST),
        status: z.enum(["success", "error"]).default("success"),
      }),
    )
    .min(1),
});

/**
 * Reads past runs from a JSON file: `{ "runs": [{ "job": "attribution", "seconds": 2520, "status": "success" }] }`. A run without
 * `environment` is one of the job in each environment.
 *
 * @throws CommandError with the file, the place and the allowed values when the file cannot be read
 */
export function pastRunsIn(file: string): PastRuns {
  const { runs } = parsed(file);
  return (environment, key) =>
    runs
      .filter((run) => run.job === key && (run.environment ?? environment) === environment)
      .map(({ seconds, status }) => ({ seconds, isSuccess: status === "success" }));
}

/**
 * The runs of a period that succeeded or failed in dbt Cloud.
 *
 * @throws DbtCloudError when a request fails
 */
export async function pastRunsOf(
  targets: readonly Target[],
  period: Period,
  env: ProcessEnvironment,
): Promise<PastRuns> {
  const found = new Map<string, Outcome[]>();
  for (const target of targets) {
    const { client, where, environment } = target;
    const runs = await readHistory(client, where.environmentId, period, cacheFile("runs", target, env));
    for (const [key, { id }] of jobsByKey(target, await listJobs(client, where))) {
      const own = runs.filter((run) => run.job_definition_id === id && run.status !== RUN_STATUS.canceled);
      const outcomes = own.flatMap((run) => {
        const seconds = secondsOf(run);
        return seconds === undefined ? [] : [{ seconds, isSuccess: run.status === RUN_STATUS.success }];
      });
      found.set(`${environment.name} ${key}`, outcomes);
    }
  }
  return (environment, key) => found.get(`${environment} ${key}`) ?? [];
}

function parsed(file: string): z.output<typeof fileSchema> {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CommandError(EXIT.configuration, `--history ${file}: ${(error as Error).message}`);
  }
  const read = fileSchema.safeParse(json);
  if (read.success) return read.data;
  throw new CommandError(EXIT.configuration, [
    `--history ${file}: ${shapeProblem(read.error, "the file")}`,
    'write { "runs": [{ "job": KEY, "seconds": NUMBER, "status": "success" or "error" }] }',
  ]);
}
