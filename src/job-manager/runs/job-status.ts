import { jobUrl, type JobRecord } from "../../dbt-cloud/jobs";
import {
  createdIn,
  failedLog,
  failedNodes,
  failedStep,
  isOver,
  listRuns,
  readRun,
  runUrl,
  type FailedNode,
  type Run,
} from "../../dbt-cloud/runs";
import { RUN_STATUS } from "../../jobs/run-status";
import { minute } from "../output/time";
import type { Target } from "../target";
import { consequencesOf, type Consequences } from "./consequences";
import { earlierRunsOf, type EarlierRuns } from "./earlier-runs";
import { isMet, lastDeadline, nextDeadline, runsOfDay } from "./lateness";

/** The status of one job. */
export interface JobStatus {
  readonly key: string;
  /** Absent when the job is not in dbt Cloud. */
  readonly id?: number;
  readonly lastRun?: LastRun;
  /** The jobs that this job expects to run earlier, with the status of their last runs. */
  readonly expects: readonly { readonly key: string; readonly status: string }[];
  /** Absent when the job has no `sla`, or none of its deadlines has passed in the last days. */
  readonly sla?: Sla;
  readonly url?: string;
}

/** The last run of a job. */
export interface LastRun {
  readonly run: Run;
  readonly url: string;
  /** Absent when the run did not fail. */
  readonly failure?: Failure;
}

/** Why a run failed, and what follows from it. */
export interface Failure {
  /** The name of the failed step; null when no step failed and dbt Cloud gives no message. */
  readonly step: string | null;
  /** The number of the failed step; null when no step failed. */
  readonly stepIndex: number | null;
  readonly failed: readonly FailedNode[];
  /** The lines of the failed step's log that explain the failure. */
  readonly log: readonly string[];
  readonly earlier: EarlierRuns;
  readonly consequences: Consequences;
}

/** The last deadline of a job. */
interface Sla {
  readonly deadline: Date;
  /** Why the job missed the deadline; null when it met it. */
  readonly missed: string | null;
}

/**
 * Reads the status of jobs.
 *
 * @param records the jobs in dbt Cloud with their last runs, by key
 * @throws DbtCloudError when a request fails
 */
export async function jobStatuses(
  keys: readonly string[],
  target: Target,
  records: ReadonlyMap<string, JobRecord>,
  now: Date,
): Promise<JobStatus[]> {
  const runsOf = await recentRuns(target, records, now);
  return Promise.all(keys.map((key) => statusOf(key, target, { records, runsOf, now })));
}

/** What the status of each job is made of. */
interface Sources {
  readonly records: ReadonlyMap<string, JobRecord>;
  /** The runs of a job since the day of its last deadline, and since the day of its next one. */
  readonly runsOf: (key: string) => readonly Run[];
  readonly now: Date;
}

/** The runs of all jobs with deadlines are read together. */
async function recentRuns(
  { environment, client, where }: Target,
  records: ReadonlyMap<string, JobRecord>,
  now: Date,
): Promise<Sources["runsOf"]> {
  const days = [...records.keys()].flatMap((key) =>
    [lastDeadline(key, environment, now), nextDeadline(key, environment, now)].flatMap((deadline) =>
      deadline ? [deadline.dayStart.getTime()] : [],
    ),
  );
  if (days.length === 0) return () => [];
  const from = new Date(Math.min(now.getTime(), ...days));
  const runs = await listRuns(client, where.environmentId, createdIn({ from, to: now }));
  return (key) => runs.filter(({ job_definition_id: id }) => id === records.get(key)?.id);
}

async function statusOf(key: string, target: Target, sources: Sources): Promise<JobStatus> {
  const { environment, client, where } = target;
  const { records, runsOf, now } = sources;
  const expects = environment.jobs[key]!.expects.map((expected) => ({
    key: expected,
    status: lastStatus(records.get(expected)),
  }));
  const record = records.get(key);
  if (!record) return { key, expects };
  const url = jobUrl(client, where.projectId, record.id);
  const deadline = lastDeadline(key, environment, now);
  const sla = deadline && {
    deadline: deadline.at,
    missed: isMet(deadline, runsOf(key)) ? null : missedBy(runsOfDay(deadline, runsOf(key))[0]),
  };
  return { key, id: record.id, lastRun: await lastRunOf(key, record, target, sources), expects, sla, url };
}

async function lastRunOf(
  key: string,
  { most_recent_run: last }: JobRecord,
  { client, environment }: Target,
  { runsOf, now }: Sources,
): Promise<LastRun | undefined> {
  if (!last) return undefined;
  const url = runUrl(client, last);
  if (last.status !== RUN_STATUS.error) return { run: last, url };
  const run = await readRun(client, last.id);
  const step = failedStep(run);
  const failed = await failedNodes(client, run);
  const failure = {
    step: step?.name ?? run.status_message ?? null,
    stepIndex: step?.index ?? null,
    failed,
    log: failedLog(run),
    earlier: await earlierRunsOf(client, run, failed),
    consequences: consequencesOf(key, environment, runsOf, now),
  };
  return { run, url, failure };
}

function lastStatus(record: JobRecord | undefined): string {
  if (!record) return "not deployed";
  return record.most_recent_run?.status_humanized ?? "never run";
}

/** Why a job missed its deadline, by the newest run of the day. */
function missedBy(run: Run | undefined): string {
  if (!run) return "no run started on that day";
  if (!isOver(run)) return `run ${run.id} is not finished: ${run.status_humanized}`;
  return `run ${run.id} ended at ${minute(run.finished_at).slice(-5)} UTC: ${run.status_humanized}`;
}
