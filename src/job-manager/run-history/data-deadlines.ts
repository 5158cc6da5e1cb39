import type { JobRecord } from "../../dbt-cloud/jobs";
import type { Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import { dataDeadlines, isOfDay, type Deadline, type Sla } from "../../jobs/deadlines";
import { slaSchema } from "../../jobs/definition";
import { RUN_STATUS } from "../../jobs/run-status";
import { CommandError } from "../commands/command";
import { EXIT } from "../exit-codes";
import { utc } from "../output/time";
import { isBuilt, readsOf, type DbtNode, type DbtProject } from "../selectors/dbt-project";
import type { ResolvedJob } from "../selectors/resolved-jobs";
import { attainmentOf, type Period } from "./attainment";
import type { Miss } from "./causes";
import { LEAD, type SlaReport } from "./report";

/** A mart or an exposure with a deadline. */
export interface DataWithSla {
  readonly node: DbtNode;
  readonly sla: Sla;
  /**
   * For each table that it is made of, and that a job builds: the keys of the jobs that build it. Each set of jobs is there once.
   */
  readonly builders: readonly (readonly string[])[];
}

const KINDS = ["model", "exposure"];

/**
 * Finds the models and exposures of a dbt project that have a deadline in `config.meta.sla`, in the form of a job's `sla`.
 *
 * @param jobs the resolved jobs of the environment
 * @throws CommandError when a deadline is not valid, or no job builds a table of the model or exposure
 */
export function dataWithDeadlines(project: DbtProject, jobs: readonly ResolvedJob[]): DataWithSla[] {
  return [...project.values()].flatMap((node) => {
    const declared = KINDS.includes(node.resource_type) ? node.config.meta?.["sla"] : undefined;
    if (declared === undefined) return [];
    const sla = slaSchema.safeParse(declared);
    if (!sla.success) throw refused(node, `${sla.error.issues[0]!.path.join(".")} ${sla.error.issues[0]!.message}`);
    const builders = tablesOf(node, project).map(({ unique_id: id }) =>
      jobs.filter(({ builds }) => builds.has(id)).map(({ key }) => key),
    );
    const distinct = [...new Map(builders.map((keys) => [keys.join(" "), keys])).values()];
    const known = distinct.filter(({ length }) => length > 0);
    if (known.length === 0) throw refused(node, "no job of the env file builds it");
    return [{ node, sla: sla.data, builders: known }];
  });
}

/** The tables that an object is made of, directly or through other tables, and the object if it is a table. */
function tablesOf(node: DbtNode, project: DbtProject): DbtNode[] {
  const found = new Map<string, DbtNode>();
  const visit = (next: DbtNode): void => {
    if (found.has(next.unique_id)) return;
    found.set(next.unique_id, next);
    for (const read of readsOf(next, project)) visit(read);
  };
  visit(node);
  return [...found.values()].filter(isBuilt);
}

function refused({ resource_type: type, name }: DbtNode, problem: string): CommandError {
  return new CommandError(EXIT.configuration, [
    `${type} ${name}, config.meta.sla: ${problem}`,
    '  allowed: { finish_by: "08:30", timezone: Europe/Berlin, days: [monday], target: 99.9 } on data that a job builds',
    `  fix:     correct it in the .yml file of ${name}`,
  ]);
}

/** What a report about data is made of. */
export interface DataSources {
  /** The time zone of an `sla` that names none. */
  readonly timezone: string;
  readonly period: Period;
  /** The jobs in dbt Cloud, by key. */
  readonly records: ReadonlyMap<string, JobRecord>;
  /** The runs of a job since `LEAD` before the period. */
  readonly runsOf: (key: string) => readonly Run[];
  /** The address of a run's page. */
  readonly urlOf: (run: Run) => string;
}

/**
 * The report of a mart or an exposure. It is ready when each of its tables was built on that day by a run that succeeded. Days before
 * its jobs were made do not count.
 */
export function dataReportOf({ node, sla, builders }: DataWithSla, sources: DataSources): SlaReport {
  const { timezone, period, records, runsOf } = sources;
  const made = Math.max(
    ...builders.map((keys) => Math.min(...keys.map((key) => timeOf(records.get(key)?.created_at) ?? Infinity))),
  );
  const all = dataDeadlines(sla, timezone, new Date(period.from.getTime() - LEAD), period.to);
  const counted = all.filter(({ dayStart }) => dayStart.getTime() >= made);
  const refreshes = counted.flatMap((deadline) => refreshOf(deadline, builders, runsOf) ?? []);
  const { missed, ...attainment } = attainmentOf(counted, refreshes, sla.target, period);
  return {
    key: node.name,
    kind: node.resource_type === "exposure" ? "exposure" : "mart",
    target: sla.target,
    finishBy: `${sla.finish_by} ${sla.timezone ?? timezone}`,
    ...attainment,
    misses: missed.map((deadline) => {
      const miss = missOf(deadline, builders, runsOf);
      return { ...miss, url: miss.run ? sources.urlOf(miss.run) : null };
    }),
    isKept: attainment.attained === null ? null : attainment.attained >= sla.target,
  };
}

type RunsOf = DataSources["runsOf"];

/** The run after which all tables are of a day: the last of the first successes; undefined while one of them is missing. */
function refreshOf(deadline: Deadline, builders: DataWithSla["builders"], runsOf: RunsOf): Run | undefined {
  const firsts = builders.map((keys) => firstSuccess(deadline, keys, runsOf));
  if (firsts.includes(undefined)) return undefined;
  const last = firsts.reduce((a, b) => (endOf(a!) >= endOf(b!) ? a : b));
  return last && { ...last, created_at: deadline.dayStart.toISOString() };
}

function firstSuccess(deadline: Deadline, keys: readonly string[], runsOf: RunsOf): Run | undefined {
  return keys
    .flatMap((key) => runsOf(key))
    .filter((run) => run.status === RUN_STATUS.success && isOfDay(deadline, timeOf(run.created_at) ?? 0))
    .sort((a, b) => endOf(a) - endOf(b))[0];
}

function endOf({ finished_at }: Run): number {
  return timeOf(finished_at) ?? Infinity;
}

/** The cause of a miss: the first of its jobs, in the order of the file, that did not succeed in time. */
function missOf(deadline: Deadline, builders: DataWithSla["builders"], runsOf: RunsOf): Miss {
  const late = builders.find((keys) => {
    const first = firstSuccess(deadline, keys, runsOf);
    return first === undefined || endOf(first) > deadline.at.getTime();
  })!;
  const run = firstSuccess(deadline, late, runsOf);
  const names = late.join(" or ");
  const words = run
    ? `${names} succeeded only at ${utc(new Date(endOf(run))).slice(-5)} UTC`
    : `${names} did not succeed on that day`;
  return { deadline, run, cause: "expected_job", words };
}
