import type { Run } from "../../dbt-cloud/runs";
import type { EnvironmentDefinition } from "../../env-files/definition";
import type { Deadline } from "../../jobs/deadlines";
import { jobsWaitingFor } from "../../jobs/order";
import { isMet, nextDeadline } from "./lateness";

/** The next deadline of a job that has not met it yet. */
export interface DeadlineAtRisk {
  readonly key: string;
  readonly deadline: Deadline;
  /** The time zone of the deadline. */
  readonly timezone: string;
}

/** What a job's failure delays. */
export interface Consequences {
  /** The jobs that wait for it, directly or through other jobs. */
  readonly waiting: readonly string[];
  /** The deadlines of the job and of the waiting jobs that break today, the earliest first. */
  readonly atRisk: readonly DeadlineAtRisk[];
}

/**
 * Finds the jobs that wait for a job that failed, and the deadlines that break unless it succeeds in time.
 *
 * @param runsOf the runs of a job since the start of the day of its next deadline
 */
export function consequencesOf(
  key: string,
  { jobs, timezone }: Pick<EnvironmentDefinition, "jobs" | "timezone">,
  runsOf: (key: string) => readonly Run[],
  now: Date,
): Consequences {
  const waiting = jobsWaitingFor(key, jobs);
  const atRisk = [key, ...waiting].flatMap((late) => {
    const deadline = nextDeadline(late, { jobs, timezone }, now);
    // A later day has its own runs.
    if (!deadline || deadline.dayStart > now || isMet(deadline, runsOf(late))) return [];
    return [{ key: late, deadline, timezone: jobs[late]?.sla?.timezone ?? timezone }];
  });
  return { waiting, atRisk: atRisk.sort((a, b) => a.deadline.at.getTime() - b.deadline.at.getTime()) };
}
