import type { JobRecord } from "../../dbt-cloud/jobs";
import { failedStep, readRun, runUrl, type Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import { deadlines, type Deadline } from "../../jobs/deadlines";
import { jobsWaitedFor } from "../../jobs/order";
import { RUN_STATUS } from "../../jobs/run-status";
import type { Target } from "../target";
import { attainmentOf, attemptsFor, durationsOf, type Attainment, type Durations, type Period } from "./attainment";
import { causeOf, type Miss, type SLA_KINDS } from "./causes";

/** The report of one job, or of a mart or an exposure that jobs build. */
export interface SlaReport extends Omit<Attainment, "missed"> {
  /** The key of the job, or the name of the mart or the exposure. */
  readonly key: string;
  readonly kind: (typeof SLA_KINDS)[number];
  /** The percentage of deadlines that must be met. */
  readonly target: number;
  /** `08:30 Europe/Berlin` */
  readonly finishBy: string;
  readonly misses: readonly (Miss & { readonly url: string | null })[];
  /** Absent when no run succeeded, and for marts and exposures. */
  readonly durations?: Durations;
  /** Whether the job kept its target; null when there was no deadline. */
  readonly isKept: boolean | null;
}

/** A deadline before a period, missed, can leave a stale result in the period. This many milliseconds before it are read. */
export const LEAD = 8 * 24 * 60 * 60 * 1000;

/** What a report is made of, besides the env file. */
export interface Sources {
  /** Absent when the job is not in dbt Cloud. */
  readonly record: JobRecord | undefined;
  /** The runs of a job since `LEAD` before the period. */
  readonly runsOf: (key: string) => Run[];
  readonly period: Period;
}

/**
 * The report of a job with an `sla`. Days before the job was made do not count.
 *
 * @throws DbtCloudError when the run of a missed deadline cannot be read
 */
export async function reportOf(
  key: string,
  { environment: { jobs, timezone }, client }: Pick<Target, "environment" | "client">,
  { record, runsOf, period }: Sources,
): Promise<SlaReport> {
  const job = jobs[key]!;
  const { finish_by, target, timezone: own } = job.sla!;
  const runs = runsOf(key);
  const made = new Date(timeOf(record?.created_at) ?? period.to.getTime());
  const all = deadlines(key, jobs, timezone, new Date(period.from.getTime() - LEAD), period.to);
  const counted = all.filter(({ startsAt }) => startsAt >= made);
  const { missed, ...attainment } = attainmentOf(counted, runs, target, period);
  const durations = durationsOf(runs.filter(({ created_at }) => (timeOf(created_at) ?? 0) >= period.from.getTime()));
  const steps = await failedSteps(missed, runs, client);
  const surroundings = {
    runs,
    before: new Map(jobsWaitedFor(job).map((other) => [other, runsOf(other)])),
    hasSchedule: job.schedule !== undefined,
    failedStep: ({ id }: Run) => steps.get(id),
    usualSeconds: durations?.p50,
  };
  return {
    key,
    kind: "job",
    target,
    finishBy: `${finish_by} ${own ?? timezone}`,
    ...attainment,
    misses: missed.map((deadline) => {
      const miss = causeOf(deadline, surroundings);
      return { ...miss, url: miss.run ? runUrl(client, miss.run) : null };
    }),
    durations,
    isKept: attainment.attained === null ? null : attainment.attained >= target,
  };
}

/** The names of the failed steps of the runs that missed a deadline, by run. */
async function failedSteps(
  missed: readonly Deadline[],
  runs: readonly Run[],
  client: Target["client"],
): Promise<Map<number, string>> {
  const failed = missed
    .flatMap((deadline) => attemptsFor(deadline, runs))
    .filter(({ status }) => status === RUN_STATUS.error);
  const read = await Promise.all(failed.map(({ id }) => readRun(client, id)));
  return new Map(
    read.flatMap((run) => {
      const step = failedStep(run);
      return step ? [[run.id, step.name] as const] : [];
    }),
  );
}
