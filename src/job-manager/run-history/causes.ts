import { isOver, type Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import type { Deadline } from "../../jobs/deadlines";
import { RUN_STATUS } from "../../jobs/run-status";
import { utc } from "../output/time";
import { attemptsFor, secondsOf } from "./attainment";

/** What can have deadlines. */
export const SLA_KINDS = ["job", "mart", "exposure"] as const;

/** Why a deadline was missed. */
export const CAUSES = [
  /** No run started on that day. */
  "not_started",
  /** The run goes on. */
  "running",
  "failed",
  /** The run failed in `dbt source freshness`. */
  "source_late",
  "canceled",
  /** A job that has to succeed before this one had not. */
  "expected_job",
  "started_late",
  "queued",
  /** The run started in time, and took too long. */
  "slow",
] as const;

/** A missed deadline, with its cause. */
export interface Miss {
  readonly deadline: Deadline;
  readonly cause: (typeof CAUSES)[number];
  /** The cause in words. */
  readonly words: string;
  /** The run of that day that could have met the deadline; absent when none started. */
  readonly run?: Run;
}

/** What the cause of a miss depends on. */
export interface Surroundings {
  /** The job's runs. */
  readonly runs: readonly Run[];
  /** The runs of the jobs that must end before this job starts, by key. */
  readonly before: ReadonlyMap<string, readonly Run[]>;
  /** Whether the clock starts the job. */
  readonly hasSchedule: boolean;
  /** The name of the failed step of a run; undefined when no step failed. */
  readonly failedStep: (run: Run) => string | undefined;
  /** The usual seconds of a successful run; undefined when none succeeded. */
  readonly usualSeconds: number | undefined;
}

/** A start is late, and a queue long, from this number of milliseconds on. */
const LATE = 5 * 60 * 1000;
const FRESHNESS_STEP = /^(?:Invoke )?`?dbt source freshness\b/;

/**
 * The cause of a missed deadline. A job before it that had not succeeded explains more than what this job did, so it comes first.
 */
export function causeOf(deadline: Deadline, surroundings: Surroundings): Miss {
  const attempts = attemptsFor(deadline, surroundings.runs);
  const inTime = attempts.filter(({ created_at }) => (timeOf(created_at) ?? 0) <= deadline.at.getTime());
  const run = inTime.at(-1) ?? attempts[0];
  const waiting = lateBefore(deadline, run, surroundings);
  if (waiting !== undefined) return { deadline, run, cause: "expected_job", words: waiting };
  if (!run) return { deadline, cause: "not_started", words: "no run started on that day" };
  return { deadline, run, ...ofRun(run, deadline, surroundings) };
}

function ofRun(run: Run, deadline: Deadline, surroundings: Surroundings): Pick<Miss, "cause" | "words"> {
  const name = `run ${run.id}`;
  if (run.status === RUN_STATUS.error) {
    const step = surroundings.failedStep(run);
    const cause = step !== undefined && FRESHNESS_STEP.test(step) ? "source_late" : "failed";
    return { cause, words: `${name} failed in ${step ?? "no step"}` };
  }
  if (run.status === RUN_STATUS.canceled) return { cause: "canceled", words: `${name} was canceled` };
  if (!isOver(run)) return { cause: "running", words: `${name} is not finished: ${run.status_humanized}` };
  return ofLateSuccess(run, deadline, surroundings);
}

/** Why a run that succeeded was too late. */
function ofLateSuccess(run: Run, { startsAt }: Deadline, surroundings: Surroundings): Pick<Miss, "cause" | "words"> {
  const name = `run ${run.id}`;
  const created = timeOf(run.created_at) ?? 0;
  const queued = (timeOf(run.started_at) ?? created) - created;
  if (queued >= LATE) return { cause: "queued", words: `${name} waited ${minutes(queued)} in the queue` };
  const delay = created - startsAt.getTime();
  if (surroundings.hasSchedule && delay >= LATE) {
    return { cause: "started_late", words: `${name} started ${minutes(delay)} after its schedule` };
  }
  const usual = surroundings.usualSeconds;
  const took = minutes(1000 * (secondsOf(run) ?? 0));
  return {
    cause: "slow",
    words: `${name} took ${took}${usual === undefined ? "" : `; half of the runs take ${minutes(1000 * usual)} or less`}`,
  };
}

/** The first job before this one that had not succeeded on that day when this job's run started, or at the deadline. */
function lateBefore(
  deadline: Deadline,
  run: Run | undefined,
  { before }: Pick<Surroundings, "before">,
): string | undefined {
  const limit = Math.min(deadline.at.getTime(), timeOf(run?.created_at) ?? Infinity);
  for (const [key, runs] of before) {
    const ends = attemptsFor(deadline, runs)
      .filter(({ status }) => status === RUN_STATUS.success)
      .flatMap(({ finished_at }) => timeOf(finished_at) ?? []);
    if (ends.some((end) => end <= limit)) continue;
    const first = Math.min(...ends);
    if (!Number.isFinite(first)) return `${key} did not succeed on that day`;
    return `${key} succeeded only at ${utc(new Date(first)).slice(-5)} UTC`;
  }
  return undefined;
}

function minutes(milliseconds: number): string {
  const count = Math.round(milliseconds / 60_000);
  return `${count} ${count === 1 ? "minute" : "minutes"}`;
}
