import { isOver, type Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import type { Deadline, Due } from "../../jobs/deadlines";
import { RUN_STATUS } from "../../jobs/run-status";
import { nextFireTimes } from "../../jobs/schedule";
import { utc } from "../output/time";
import type { Durations } from "../run-history/attainment";
import { runsOfDay } from "../runs/lateness";

/** What an outlook is made of. */
export interface Evidence {
  readonly jobs: Readonly<Record<string, Due>>;
  /** The runs of a job. */
  readonly runsOf: (key: string) => readonly Run[];
  /** The durations of a job's successful runs; undefined when none succeeded. */
  readonly durationsOf: (key: string) => Durations | undefined;
  readonly now: Date;
}

/** When the result of a day is expected. */
export interface Outlook {
  /** The expected time in milliseconds since the epoch; Infinity when nothing will start or succeed by itself. */
  readonly end: number;
  /** The reason in words. */
  readonly words: string;
  /** The job that decides it: the job itself, or one that it runs after. */
  readonly root: string;
  /** The run that decides it; absent when none started. */
  readonly run?: Run;
}

/** A run that a schedule starts can be missing for this number of milliseconds. */
const GRACE = 5 * 60 * 1000;
const SECOND = 1000;

/**
 * When a job is expected to have succeeded on the day of a deadline. A run takes as long as 95 of 100 successful runs of the job did at
 * most; a run that takes longer than this, as long as the longest one.
 */
export function outlookOf(key: string, deadline: Deadline, evidence: Evidence): Outlook {
  const runs = runsOfDay(deadline, evidence.runsOf(key)).sort((a, b) => b.id - a.id);
  const success = runs.find(({ status }) => status === RUN_STATUS.success);
  if (success) return { end: timeOf(success.finished_at) ?? 0, words: `run ${success.id} succeeded`, root: key };
  const open = runs.find((run) => !isOver(run));
  if (open) return ofOpenRun(key, open, evidence);
  const start = nextStart(key, deadline, runs[0], evidence);
  if (start !== undefined) return ofStart(key, start, evidence);
  const parent = evidence.jobs[key]?.run_after?.job;
  if (parent !== undefined && runs.length === 0) return afterParent(key, parent, deadline, evidence);
  return { end: Infinity, words: whyNothing(deadline, runs[0]), root: key, run: runs[0] };
}

function ofOpenRun(key: string, run: Run, { now, durationsOf }: Evidence): Outlook {
  const durations = durationsOf(key);
  const start = timeOf(run.started_at) ?? now.getTime();
  const end = (seconds: number): number => Math.max(now.getTime(), start + seconds * SECOND);
  const name = `run ${run.id}`;
  if (!durations) return { end: now.getTime(), words: `${name} goes on`, root: key, run };
  const elapsed = (now.getTime() - start) / SECOND;
  const { count, p95, longest } = durations;
  if (elapsed > longest) {
    const runs = count === 1 ? "the only successful run" : `all ${count} successful runs`;
    return { end: Infinity, words: `${name} already takes longer than ${runs} before it`, root: key, run };
  }
  const isQueued = run.started_at === null || run.started_at === undefined;
  const expected = end(elapsed > p95 ? longest : p95);
  const state = isQueued ? `${name} still waits in the queue, and` : name;
  return { end: expected, words: `${state} is expected to end by ${clock(expected)} UTC`, root: key, run };
}

function ofStart(key: string, start: number, { durationsOf, now }: Evidence): Outlook {
  const seconds = durationsOf(key)?.p95 ?? 0;
  const end = Math.max(start, now.getTime()) + seconds * SECOND;
  return {
    end,
    words: `the run of ${clock(start)} UTC is expected to end by ${clock(end)} UTC`,
    root: key,
  };
}

function afterParent(key: string, parent: string, deadline: Deadline, evidence: Evidence): Outlook {
  const before = outlookOf(parent, deadline, evidence);
  if (!Number.isFinite(before.end)) return { ...before, words: `it runs after ${parent}: ${before.words}` };
  const hasEnded = before.end <= evidence.now.getTime();
  const { end, words } = ofStart(key, before.end, evidence);
  if (hasEnded && evidence.now.getTime() - before.end > GRACE) {
    return { end: Infinity, words: `no run started after ${parent} succeeded at ${clock(before.end)} UTC`, root: key };
  }
  return { end, words: hasEnded ? words : `it runs after ${parent}, and ${words}`, root: before.root, run: before.run };
}

/** The next time at which the schedule starts the job before a deadline; undefined when there is none. */
function nextStart(
  key: string,
  { at }: Deadline,
  newest: Run | undefined,
  { jobs, now }: Evidence,
): number | undefined {
  const schedule = jobs[key]?.schedule;
  if (!schedule) return undefined;
  const after = Math.max(now.getTime() - GRACE, timeOf(newest?.created_at) ?? 0);
  const [next] = nextFireTimes(schedule, new Date(after), 1);
  return next && next < at ? next.getTime() : undefined;
}

function whyNothing({ startsAt }: Deadline, run: Run | undefined): string {
  if (!run) return `no run started at ${clock(startsAt.getTime())} UTC`;
  const ended = run.status === RUN_STATUS.canceled ? "was canceled" : "failed";
  return `run ${run.id} ${ended}, and no other run starts before the deadline`;
}

function clock(time: number): string {
  return utc(new Date(time)).slice(-5);
}
