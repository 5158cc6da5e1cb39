import type { Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import type { Deadline } from "../../jobs/deadlines";
import { RUN_STATUS } from "../../jobs/run-status";
import { isMet, runsOfDay } from "../runs/lateness";

/** A period of time. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** How well a job kept its `sla` in a period. */
export interface Attainment {
  /** The deadlines of the period, the oldest first. */
  readonly deadlines: readonly Deadline[];
  /** The number of deadlines. */
  readonly due: number;
  readonly met: number;
  readonly missed: readonly Deadline[];
  /** The met deadlines in percent; null when there was no deadline. */
  readonly attained: number | null;
  /** The share of the period in which the newest result was in time, in percent; null when there was no deadline. */
  readonly uptime: number | null;
  /** How many more deadlines the job may miss; negative when it missed too many. It can be a fraction. */
  readonly budgetLeft: number;
}

/** The durations of a job's successful runs. */
export interface Durations {
  readonly count: number;
  /** Half of the runs took this long at most, in seconds. */
  readonly p50: number;
  /** 95 of 100 runs took this long at most, in seconds. */
  readonly p95: number;
  /** The longest run, in seconds. */
  readonly longest: number;
  /** How much longer the newer half of the runs took than the older half, in percent of the medians; null for few runs. */
  readonly trend: number | null;
}

const MILLISECONDS_PER_SECOND = 1000;
/** With fewer runs, a trend is noise. */
const RUNS_FOR_A_TREND = 10;

/**
 * Compares the deadlines of a period with a job's runs.
 *
 * A missed deadline makes the result stale until the end of the first successful run that started on the day of the deadline or
 * later. `uptime` is the rest of the period.
 *
 * @param deadlines the oldest first; a deadline before the period counts for `uptime` only
 * @param runs the job's runs in any order
 * @param target the percentage of deadlines that must be met
 */
export function attainmentOf(
  deadlines: readonly Deadline[],
  runs: readonly Run[],
  target: number,
  period: Period,
): Attainment {
  const inPeriod = ({ at }: Deadline): boolean => at >= period.from && at <= period.to;
  const due = deadlines.filter(inPeriod);
  const allMissed = deadlines.filter((deadline) => !isMet(deadline, runs));
  const missed = allMissed.filter(inPeriod);
  const met = due.length - missed.length;
  return {
    deadlines: due,
    due: due.length,
    met,
    missed,
    attained: due.length === 0 ? null : (100 * met) / due.length,
    uptime: due.length === 0 ? null : uptimeOf(allMissed, runs, period),
    budgetLeft: (due.length * (100 - target)) / 100 - missed.length,
  };
}

function uptimeOf(missed: readonly Deadline[], runs: readonly Run[], { from, to }: Period): number {
  const successes = runs
    .filter(({ status }) => status === RUN_STATUS.success)
    .map((run) => ({ start: timeOf(run.created_at) ?? 0, end: timeOf(run.finished_at) ?? Infinity }));
  let stale = 0;
  let staleUntil = from.getTime();
  for (const deadline of missed) {
    const later = successes.filter(({ start }) => start >= deadline.dayStart.getTime()).map(({ end }) => end);
    const end = Math.min(to.getTime(), ...later);
    const begin = Math.max(deadline.at.getTime(), staleUntil);
    if (end <= begin) continue;
    stale += end - begin;
    staleUntil = end;
  }
  const all = to.getTime() - from.getTime();
  return (100 * (all - stale)) / all;
}

/** The durations of a job's successful runs, without the time in the queue; undefined when none succeeded. */
export function durationsOf(runs: readonly Run[]): Durations | undefined {
  const seconds = runs
    .filter(({ status }) => status === RUN_STATUS.success)
    .sort((a, b) => a.id - b.id)
    .flatMap((run) => secondsOf(run) ?? []);
  return durationsIn(seconds);
}

/**
 * The durations of something that happened several times; undefined when it never did.
 *
 * @param seconds the oldest first
 */
export function durationsIn(seconds: readonly number[]): Durations | undefined {
  if (seconds.length === 0) return undefined;
  const half = Math.floor(seconds.length / 2);
  const older = percentile(seconds.slice(0, half), 50);
  const newer = percentile(seconds.slice(-half), 50);
  const hasTrend = seconds.length >= RUNS_FOR_A_TREND && older > 0;
  return {
    count: seconds.length,
    p50: percentile(seconds, 50),
    p95: percentile(seconds, 95),
    longest: Math.max(...seconds),
    trend: hasTrend ? 100 * (newer / older - 1) : null,
  };
}

/** The seconds that a run took after it left the queue; undefined when it has not ended. */
export function secondsOf(run: Pick<Run, "created_at" | "started_at" | "finished_at">): number | undefined {
  const start = timeOf(run.started_at) ?? timeOf(run.created_at);
  const end = timeOf(run.finished_at);
  if (start === undefined || end === undefined) return undefined;
  return Math.max(0, end - start) / MILLISECONDS_PER_SECOND;
}

/** The runs of the day of a deadline, the oldest first. */
export function attemptsFor(deadline: Deadline, runs: readonly Run[]): Run[] {
  return runsOfDay(deadline, runs).sort((a, b) => a.id - b.id);
}

/** The nearest-rank percentile; 0 without values. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
