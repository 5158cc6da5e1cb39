import { createHash } from "node:crypto";
import type { FailedNode, Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import type { Severity } from "../../env-files/alert-routes";
import type { Deadline } from "../../jobs/deadlines";
import type { JobDefinition } from "../../jobs/definition";
import { RUN_STATUS } from "../../jobs/run-status";
import { durationsOf } from "../run-history/attainment";
import { causeOf } from "../run-history/causes";
import { isMet, lastDeadline, nextDeadline } from "../runs/lateness";
import { outlookOf, type Evidence } from "./outlook";

/** The newest result of a job, when it is a failure. */
export interface Failure {
  readonly key: string;
  readonly run: Run;
  /** The failed step; null when no step failed. */
  readonly step: string | null;
  readonly nodes: readonly FailedNode[];
}

/** A deadline that is missed, or that the job will probably miss. */
export interface DeadlineAlert {
  readonly key: string;
  readonly at: Date;
  readonly state: "at_risk" | "missed";
  /** Why, in words. */
  readonly words: string;
}

/** A cause that needs a person, with everything that it leads to. */
export interface Alert {
  /** The same as long as the cause lasts: `failure attribution`, `deadline attribution`. */
  readonly id: string;
  readonly severity: Severity;
  /** The job that is the cause. */
  readonly key: string;
  readonly owners: readonly string[];
  readonly failures: readonly Failure[];
  readonly deadlines: readonly DeadlineAlert[];
  /** The jobs that expect or run after a job of the alert, and have not succeeded since. */
  readonly waiting: readonly string[];
  /** The run to look at; absent when none started. */
  readonly run?: Run;
  /** Changes when there is something new to tell about the cause. */
  readonly fingerprint: string;
}

/** What alerts are made of. */
export interface Situation {
  readonly jobs: Readonly<Record<string, JobDefinition>>;
  /** The time zone of a `sla` that names none. */
  readonly timezone: string;
  /** The runs of a job of the last weeks. */
  readonly runsOf: (key: string) => readonly Run[];
  /** When the job was made in dbt Cloud; undefined when it is not there. No earlier day has a deadline. */
  readonly madeAt: (key: string) => Date | undefined;
  /** The failures of {@link failedRuns}, with their nodes. */
  readonly failures: readonly Failure[];
  readonly now: Date;
}

/** The newest run of each job that succeeded or failed, if it failed. A canceled run says nothing about the job. */
export function failedRuns(keys: readonly string[], runsOf: Situation["runsOf"]): { key: string; run: Run }[] {
  const told: readonly number[] = [RUN_STATUS.success, RUN_STATUS.error];
  return keys.flatMap((key) => {
    const newest = [...runsOf(key)].sort((a, b) => b.id - a.id).find(({ status }) => told.includes(status));
    return newest?.status === RUN_STATUS.error ? [{ key, run: newest }] : [];
  });
}

/**
 * The causes that need a person, in the order of the env file: each failure, and each deadline that is missed or at risk and has
 * another cause. Failures of the same models or tests are one cause.
 */
export function alertsOf(situation: Situation): Alert[] {
  const roots = rootsOfFailures(situation.failures);
  const risks = deadlineAlerts(situation, roots);
  const ids = [...new Set([...roots.values(), ...risks.map(({ id }) => id)])];
  const order = Object.keys(situation.jobs);
  return ids
    .map((id) => alertOf(id, situation, roots, risks))
    .sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
}

/** The id of the alert of each failed job. The first of the jobs that fail for the same reason gives the id. */
function rootsOfFailures(failures: readonly Failure[]): Map<string, string> {
  const roots = new Map<string, string>();
  const byReason = new Map<string, string>();
  for (const failure of failures) {
    const reasons = reasonsOf(failure);
    const known = reasons.map((reason) => byReason.get(reason)).find((id) => id !== undefined);
    const id = known ?? `failure ${failure.key}`;
    roots.set(failure.key, id);
    for (const reason of reasons) if (!byReason.has(reason)) byReason.set(reason, id);
  }
  return roots;
}

function reasonsOf({ nodes, step }: Failure): string[] {
  return nodes.length > 0 ? nodes.map(({ node }) => node) : step === null ? [] : [`step ${step}`];
}

type Risk = DeadlineAlert & { readonly id: string; readonly run?: Run };

function deadlineAlerts(situation: Situation, failures: ReadonlyMap<string, string>): Risk[] {
  const { jobs, runsOf, now } = situation;
  const evidence: Evidence = { jobs, runsOf, durationsOf: (key) => durationsOf([...runsOf(key)]), now };
  const found = new Map<string, Risk & { readonly root: string }>();
  for (const key of Object.keys(jobs).filter((one) => situation.madeAt(one) !== undefined)) {
    const risk = missedDeadline(key, situation) ?? riskOf(key, dueDeadline(key, situation), evidence);
    if (risk) found.set(key, risk);
  }
  const idOf = (key: string, seen: readonly string[] = []): string => {
    const risk = found.get(key);
    const failure = failures.get(key);
    if (failure !== undefined || !risk || risk.root === key || seen.includes(key)) return failure ?? `deadline ${key}`;
    return idOf(risk.root, [...seen, key]);
  };
  return [...found].map(([key, risk]) => ({ ...risk, id: idOf(key) }));
}

/** The deadline that comes next, of a day on which the schedule has started the job; undefined when there is none. */
function dueDeadline(key: string, { jobs, timezone, now, madeAt }: Situation): Deadline | undefined {
  const next = nextDeadline(key, { jobs, timezone }, now);
  return next && next.startsAt <= now && next.startsAt >= madeAt(key)! ? next : undefined;
}

function riskOf(
  key: string,
  deadline: Deadline | undefined,
  evidence: Evidence,
): (Risk & { readonly root: string }) | undefined {
  if (!deadline || isMet(deadline, evidence.runsOf(key))) return undefined;
  const { end, words, root, run } = outlookOf(key, deadline, evidence);
  if (end <= deadline.at.getTime()) return undefined;
  return { id: "", key, at: deadline.at, state: "at_risk", words, root, run };
}

/** The last deadline, when the job missed it and has not succeeded since. */
function missedDeadline(key: string, situation: Situation): (Risk & { readonly root: string }) | undefined {
  const { jobs, timezone, now, runsOf, failures, madeAt } = situation;
  const deadline = lastDeadline(key, { jobs, timezone }, now);
  const runs = runsOf(key);
  if (!deadline || deadline.startsAt < madeAt(key)! || isMet(deadline, runs) || hasSucceededSince(deadline, runs))
    return undefined;
  const job = jobs[key]!;
  const before = [...job.expects, ...(job.run_after ? [job.run_after.job] : [])];
  const { words, run, cause } = causeOf(deadline, {
    runs,
    before: new Map(before.map((other) => [other, runsOf(other)])),
    hasSchedule: job.schedule !== undefined,
    failedStep: ({ id }) => failures.find((failure) => failure.run.id === id)?.step ?? undefined,
    usualSeconds: durationsOf([...runs])?.p50,
  });
  const late = before.find((other) => !hasSucceededSince(deadline, runsOf(other)));
  const root = cause === "expected_job" && late !== undefined ? late : key;
  return { id: "", key, at: deadline.at, state: "missed", words, root, run };
}

function hasSucceededSince({ dayStart }: Pick<Deadline, "dayStart">, runs: readonly Run[]): boolean {
  return runs.some(
    ({ status, created_at }) => status === RUN_STATUS.success && (timeOf(created_at) ?? 0) >= dayStart.getTime(),
  );
}

function alertOf(id: string, situation: Situation, roots: ReadonlyMap<string, string>, risks: readonly Risk[]): Alert {
  const { jobs, runsOf } = situation;
  const key = id.slice(id.indexOf(" ") + 1);
  const failures = situation.failures.filter((failure) => roots.get(failure.key) === id);
  const own = risks.filter((risk) => risk.id === id);
  const keys = [...new Set([key, ...failures.map((failure) => failure.key), ...own.map((risk) => risk.key)])];
  const since = Math.min(...failures.map(({ run }) => timeOf(run.created_at) ?? 0));
  const waiting = Object.keys(jobs).filter(
    (other) => !keys.includes(other) && waitsFor(jobs[other]!, keys) && !hasRunSince(runsOf(other), since),
  );
  const severity = own.length > 0 ? "critical" : "warning";
  const run = failures[0]?.run ?? own.find((risk) => risk.run)?.run;
  return {
    id,
    severity,
    key,
    owners: [...new Set(keys.map((one) => jobs[one]!.owner))],
    failures,
    deadlines: own.map(({ key: late, at, state, words }) => ({ key: late, at, state, words })),
    waiting,
    ...(run ? { run } : {}),
    fingerprint: fingerprintOf(failures, own),
  };
}

function waitsFor({ expects, run_after }: JobDefinition, keys: readonly string[]): boolean {
  return keys.some((key) => expects.includes(key) || run_after?.job === key);
}

function hasRunSince(runs: readonly Run[], since: number): boolean {
  return (
    Number.isFinite(since) &&
    runs.some(({ status, created_at }) => status === RUN_STATUS.success && (timeOf(created_at) ?? 0) > since)
  );
}

/** The jobs and nodes that failed, and the deadlines: neither the run nor a predicted time, which change with each look. */
function fingerprintOf(failures: readonly Failure[], risks: readonly Risk[]): string {
  const parts = [
    ...failures.map((failure) => `${failure.key}: ${reasonsOf(failure).sort().join(", ")}`),
    ...risks.map(({ key, at, state }) => `${key} ${state} ${at.toISOString()}`),
  ];
  return createHash("sha256").update(parts.sort().join("\n")).digest("hex").slice(0, 16);
}
