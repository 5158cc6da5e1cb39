import { closest } from "../../jobs/closest";
import { firstFireTimes, nextFireTimes, type Schedule } from "../../jobs/schedule";
import type { JobDraft } from "../draft";
import type { Finding } from "../finding";
import { fileRule, jobRule, type Rule, type Source } from "./rule";

type Jobs = Readonly<Record<string, JobDraft>>;

/** Rules about the order of a file's jobs: the jobs that a job waits for, and whether the schedules allow it. */
export const orderRules: readonly Rule[] = [
  jobRule("references name jobs of the file", function* ({ source, key, job }) {
    const { jobs } = source.environment;
    for (const { path, target } of referencesOf(job)) {
      if (target === key) {
        yield {
          path,
          got: target,
          reason: "a job cannot refer to itself here",
          allowed: others(jobs, key),
          fix: path[0] === "defer_to" ? "write `defer_to: self`" : "name another job, or remove it",
        };
      } else if (!Object.hasOwn(jobs, target)) {
        const suggestion = closest(target, Object.keys(jobs));
        yield {
          path,
          got: target,
          reason: "no job of this file has this key",
          allowed: others(jobs, key),
          fix: suggestion ? `did you mean \`${suggestion}\`?` : "name a job of this file, or add it",
        };
      }
    }
  }),

  fileRule("no job waits for itself through other jobs", function* ({ jobs }) {
    for (const cycle of findCycles(jobs, waitsFor)) {
      yield {
        ...circle(cycle),
        reason: "jobs wait for each other in a circle",
        allowed: "`expects` and `run_after` without a circle",
      };
    }
  }),

  fileRule("no job defers to itself through other jobs", function* ({ jobs }) {
    for (const cycle of findCycles(jobs, defersTo)) {
      yield {
        ...circle(cycle),
        reason: "jobs defer to each other in a circle",
        allowed: "`defer_to` without a circle",
      };
    }
  }),

  jobRule("an expected job runs earlier on the same day", function* (found) {
    const { job, source } = found;
    const { jobs } = source.environment;
    if (!job.expects?.length) return;
    const own = effectiveSchedule(jobs, found.key);
    if (!own) return;
    for (const [i, expected] of job.expects.entries()) {
      if (!Object.hasOwn(jobs, expected) || expected === found.key || startIsRefused(source, expected)) continue;
      const finding = lateness(found.key, own, jobs, expected);
      if (finding) yield { path: ["expects", i], got: expected, ...finding };
    }
  }),
];

function* referencesOf(job: JobDraft): Iterable<{ path: PropertyKey[]; target: string }> {
  for (const [i, target] of (job.expects ?? []).entries()) yield { path: ["expects", i], target };
  if (job.run_after) yield { path: ["run_after", "job"], target: job.run_after.job };
  if (typeof job.defer_to === "object" && "job" in job.defer_to) {
    yield { path: ["defer_to", "job"], target: job.defer_to.job };
  }
}

function others(jobs: Jobs, key: string): string {
  return (
    Object.keys(jobs)
      .filter((other) => other !== key)
      .join(", ") || "none: the file has no other job"
  );
}

function circle(cycle: readonly string[]): Pick<Finding, "path" | "at" | "got" | "fix"> {
  return {
    path: ["jobs", cycle[0]!],
    at: "key",
    got: [...cycle, cycle[0]].join(" → "),
    fix: `remove one of these links, for example that of \`${cycle[0]}\` to \`${cycle[1]}\``,
  };
}

/** The circles of a file. Without one link of each, the file has no circle. */
function findCycles(jobs: Jobs, targetsOf: (jobs: Jobs, key: string) => string[]): string[][] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  for (const start of Object.keys(jobs)) {
    if (done.has(start)) continue;
    const trail = [start];
    const open = [targetsOf(jobs, start)];
    while (open.length > 0) {
      const target = open.at(-1)!.pop();
      if (target === undefined) {
        open.pop();
        done.add(trail.pop()!);
      } else if (trail.includes(target)) {
        cycles.push(trail.slice(trail.indexOf(target)));
      } else if (!done.has(target)) {
        open.push(targetsOf(jobs, target));
        trail.push(target);
      }
    }
  }
  return cycles;
}

/** Another rule reports a job that names itself. */
function waitsFor(jobs: Jobs, key: string): string[] {
  const job = jobs[key];
  const targets = new Set([...(job?.expects ?? []), ...(job?.run_after ? [job.run_after.job] : [])]);
  return [...targets].filter((target) => Object.hasOwn(jobs, target) && target !== key);
}

/** Terraform creates a job after the job that it defers to. */
function defersTo(jobs: Jobs, key: string): string[] {
  const target = jobs[key]?.defer_to;
  if (typeof target !== "object" || !("job" in target)) return [];
  return Object.hasOwn(jobs, target.job) && target.job !== key ? [target.job] : [];
}

/** A job and its chain of triggers: the job that starts it, the job that starts that one, and so on. */
function chainOf(jobs: Jobs, key: string): Set<string> {
  const chain = new Set([key]);
  for (let job = jobs[key]; job?.run_after && !chain.has(job.run_after.job);) {
    chain.add(job.run_after.job);
    job = jobs[job.run_after.job];
  }
  return chain;
}

/** Whether the schema refused the schedule or trigger of a job in the chain, so that the start is unknown. */
function startIsRefused(source: Source, key: string): boolean {
  return [...chainOf(source.environment.jobs, key)].some(
    (link) => source.isRefused(["jobs", link, "schedule"]) || source.isRefused(["jobs", link, "run_after"]),
  );
}

/** The schedule that starts a job: its own, or that of the first job of its chain of triggers. */
function effectiveSchedule(jobs: Jobs, key: string): Schedule | undefined {
  const head = jobs[[...chainOf(jobs, key)].at(-1)!];
  return head?.run_after ? undefined : head?.schedule;
}

/**
 * Five weeks from a Monday that is the first of a month. They include every weekday, and the end and the start of a
 * month.
 */
const WINDOW_START = new Date("2024-01-01T00:00:00Z");
const WINDOW_END = new Date("2024-02-05T00:00:00Z");
const DAY = 24 * 60 * 60 * 1000;
const WINDOW = Array.from({ length: 35 }, (_, i) => dayOf(new Date(WINDOW_START.getTime() + i * DAY)));

/**
 * The start times that decide an order: the first start of each day, because a job that starts earlier is also before
 * the later starts. The rule uses the next starts of a job that does not start in these weeks.
 */
function samplesOf(schedule: Schedule): Date[] {
  const times = [...firstFireTimes(schedule, WINDOW).values()];
  return times.length > 0 ? times : nextFireTimes(schedule, WINDOW_END, 12);
}

function lateness(key: string, own: Schedule, jobs: Jobs, expected: string): Omit<Finding, "path"> | undefined {
  const theirs = effectiveSchedule(jobs, expected);
  if (!theirs) {
    return {
      reason: `\`${expected}\` has no schedule, so it never comes before \`${key}\``,
      allowed: "jobs that start by themselves",
      fix: `give \`${expected}\` a schedule, or remove it from \`expects\``,
    };
  }
  if (chainOf(jobs, key).has(expected)) return undefined;
  const samples = samplesOf(own);
  const earlier = firstFireTimes(theirs, new Set(samples.map(dayOf)));
  for (const time of samples) {
    const first = earlier.get(dayOf(time));
    if (first && first < time) continue;
    return {
      reason: first
        ? `\`${expected}\` starts at ${clock(first)} UTC, not before \`${key}\` at ${clock(time)}`
        : `\`${expected}\` does not run on every day on which \`${key}\` does`,
      allowed: "jobs that start earlier on the same UTC day",
      fix: `start \`${expected}\` earlier or \`${key}\` later, or remove it from \`expects\``,
    };
  }
  return undefined;
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

function clock(time: Date): string {
  return time.toISOString().slice(11, 16);
}
