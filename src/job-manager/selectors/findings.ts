import type { Finding } from "../../env-files/finding";
import { closest } from "../../jobs/closest";
import { jobsBefore } from "../../jobs/order";
import { nextFireTimes } from "../../jobs/schedule";
import { isBuilt, isDataTest, type DbtNode } from "./dbt-project";
import type { ResolvedEnvironment, ResolvedJob, ResolvedStep } from "./resolved-jobs";

/** The steps that dbt refuses, or that do less than they say. */
export function problemsOf({ jobs }: ResolvedEnvironment): Finding[] {
  return jobs.flatMap((job) =>
    job.steps.flatMap((step) => stepProblems(step).map((finding) => ({ ...finding, path: pathOf(job, step) }))),
  );
}

/** What is probably not meant, but can be. */
export function warningsOf(resolved: ResolvedEnvironment): Finding[] {
  return [
    ...(isComplete(resolved) ? [...modelsInNoJob(resolved), ...testsThatNeverRun(resolved)] : []),
    ...(isComplete(resolved) ? fullRefreshes(resolved) : []),
    ...overlaps(resolved),
    ...uncoveredReads(resolved),
  ];
}

/** Terraform applies the environments that build everything. Branch jobs build what a person works on. */
function isComplete({ environment }: ResolvedEnvironment): boolean {
  return environment.applied_by === "terraform";
}

function pathOf({ key }: ResolvedJob, { index }: ResolvedStep): (string | number)[] {
  return ["jobs", key, "execute_steps", index];
}

function stepProblems(step: ResolvedStep): Omit<Finding, "path">[] {
  const got = step.selection.arguments.slice(step.selection.arguments.indexOf("--select")).join(" ");
  if (step.error !== null) {
    return [
      {
        reason: `dbt refuses the selection: ${step.error.trim().replace(/\s+/g, " ")}`,
        got,
        allowed: "a selection that `dbt list` accepts",
        fix: "correct the selection; `dbt list` with the same flags shows what it selects",
      },
    ];
  }
  if (step.unmatched.length > 0) return step.unmatched.map((criterion) => unmatched(criterion, step));
  if (step.selected.length > 0) return [];
  return [
    {
      reason: `the step selects nothing that \`dbt ${step.command.name}\` works on`,
      got,
      allowed: "a selection of at least one object",
      fix: "correct the selection, or remove the step",
    },
  ];
}

function unmatched(criterion: string, { project }: ResolvedStep): Omit<Finding, "path"> {
  const [, method, value = ""] = /^[@\d+]*(?:(\w+):)?(.*?)[\d+]*$/.exec(criterion) ?? [];
  const nodes = [...project.values()];
  const known = method === "tag" ? nodes.flatMap(({ tags }) => tags) : nodes.filter(isBuilt).map(({ name }) => name);
  const suggestion = closest(value, [...new Set(known)]);
  const prefix = method === undefined ? "" : `${method}:`;
  return {
    reason: method === "tag" ? "no object of the dbt project has this tag" : "nothing in the dbt project matches this",
    got: criterion,
    allowed: method === "tag" ? [...new Set(known)].sort().join(", ") : "a selector that matches an object",
    fix: suggestion ? `did you mean \`${prefix}${suggestion}\`?` : "correct it, or remove it from the step",
  };
}

function modelsInNoJob({ environment, jobs, project }: ResolvedEnvironment): Finding[] {
  const missing = [...project.values()].filter(
    (node) => isBuilt(node) && !jobs.some(({ builds }) => builds.has(node.unique_id)),
  );
  if (missing.length === 0 || project.size === 0) return [];
  return [
    {
      path: ["jobs"],
      at: "key",
      reason: `no job of ${environment.name} builds ${named(missing)}`,
      allowed: "every model, seed and snapshot in a job",
      fix: "select it in a step of a job, or disable it in the dbt project",
    },
  ];
}

function testsThatNeverRun({ environment, jobs, project }: ResolvedEnvironment): Finding[] {
  const run = new Set(
    jobs.flatMap(({ steps }) => steps.flatMap(({ selected }) => selected.map((node) => node.unique_id))),
  );
  const missing = [...project.values()].filter((node) => isDataTest(node) && !run.has(node.unique_id));
  if (missing.length === 0) return [];
  return [
    {
      path: ["jobs"],
      at: "key",
      reason: `no job of ${environment.name} runs ${missing.length === 1 ? "the test" : `${missing.length} tests:`} ${named(missing)}`,
      allowed: "every data test in a job",
      fix: "select it with `dbt test` or `dbt build` in a job",
    },
  ];
}

function fullRefreshes({ environment, jobs }: ResolvedEnvironment): Finding[] {
  return jobs.flatMap((job) =>
    job.steps.flatMap((step) => {
      const rebuilt = step.selected.filter(
        ({ config }) => config.materialized === "incremental" && config.full_refresh !== false,
      );
      if (!step.isFullRefresh || rebuilt.length === 0) return [];
      return [
        {
          path: pathOf(job, step),
          reason: `every run of this job in ${environment.name} builds ${named(rebuilt)} again from all data`,
          allowed: "steps without --full-refresh",
          fix: "remove --full-refresh, and run it once by hand when it is needed",
        },
      ];
    }),
  );
}

/** A Monday that is the first of a month. */
const START = new Date("2024-01-01T00:00:00Z");
/** For a job that starts each hour, this is more than a week. */
const STARTS = 200;
const HOUR = 60 * 60 * 1000;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The times at which a job can run: from each start until its timeout, or for an hour if it has none. */
function spansOf({ job }: ResolvedJob): Span[] {
  if (!job.schedule || job.paused) return [];
  const length = job.timeout_seconds > 0 ? job.timeout_seconds * 1000 : HOUR;
  return nextFireTimes(job.schedule, new Date(START.getTime() - 1000), STARTS).map((time) => ({
    from: time.getTime(),
    to: time.getTime() + length,
  }));
}

function overlaps({ jobs }: ResolvedEnvironment): Finding[] {
  return jobs.flatMap((one, i) =>
    jobs.slice(i + 1).flatMap((other) => {
      const both = [...one.builds.values()].filter(({ unique_id }) => other.builds.has(unique_id));
      if (both.length === 0) return [];
      const theirs = spansOf(other);
      const own = spansOf(one).find(({ from, to }) => theirs.some((span) => span.from < to && from < span.to));
      if (!own) return [];
      return [
        {
          path: ["jobs", other.key, "schedule"],
          reason: `\`${one.key}\` and \`${other.key}\` can run at the same time and both build ${named(both)}`,
          got: `${one.key} from ${new Date(own.from).toISOString().slice(11, 16)} UTC`,
          allowed: "one job at a time for a model; a run ends at its timeout_seconds, or counts as an hour without it",
          fix: "build it in one of the jobs, or start the second one later",
        },
      ];
    }),
  );
}

/** A job that defers finds the tables of another environment, and a job without a schedule runs when a person wants it. */
function uncoveredReads({ environment, jobs }: ResolvedEnvironment): Finding[] {
  return jobs
    .filter(({ job }) => job.schedule && !job.defer_to)
    .flatMap((reader) => {
      const before = earlierThan(reader.key, environment.jobs);
      const missing = new Map<string, DbtNode[]>();
      for (const node of reader.reads.values()) {
        const builders = jobs.filter(({ key, builds }) => key !== reader.key && builds.has(node.unique_id));
        if (builders.length === 0 || builders.some(({ key }) => before.has(key))) continue;
        const { key } = builders[0]!;
        missing.set(key, [...(missing.get(key) ?? []), node]);
      }
      return [...missing].map(([builder, nodes]) => ({
        path: ["jobs", reader.key],
        at: "key" as const,
        reason: `it reads ${named(nodes)}, and does not expect \`${builder}\`, which builds ${nodes.length === 1 ? "it" : "them"}`,
        allowed: "`expects` or `run_after` for the jobs that build what a job reads",
        fix: `add \`${builder}\` to \`expects\`, and start it earlier on the same day`,
      }));
    });
}

/** The jobs that a job waits for or expects, and the jobs before those. */
function earlierThan(key: string, jobs: ResolvedEnvironment["environment"]["jobs"]): Set<string> {
  const found = new Set<string>();
  const visit = (current: string): void => {
    for (const earlier of jobsBefore(jobs[current])) {
      if (found.has(earlier)) continue;
      found.add(earlier);
      visit(earlier);
    }
  };
  visit(key);
  return found;
}

const SHOWN = 8;

/** The names of objects in a sentence, at most eight. */
function named(nodes: readonly DbtNode[]): string {
  const names = nodes.map(({ name }) => name).sort();
  if (names.length <= SHOWN) return names.join(", ");
  return `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more`;
}
