import type { JobEntry } from "../env-files/insert-jobs";
import type { Problem } from "../env-files/problem";
import { inShort } from "../env-files/finding";
import type { Remark } from "./found-job";

/** A path of a problem below a job: `jobs.KEY.field`, then `.name` or `[number]`. */
const PATH = /^jobs\.([a-z0-9-]+)(?:\.([a-z_]+))?(?:\.([A-Za-z0-9_]+)|\[(\d+)\])?/;

/** Fields of which one entry can be left out. */
const PARTS = ["execute_steps", "triggers", "environment_variables", "cost_optimization_features"];

/** A job needs these fields, so without one of them it is left out. */
const NEEDED = ["category", "description", "owner", "execute_steps"];

/**
 * Leaves out the values that the checks of env files refuse, until they refuse none. A job that lacks a needed value is left out.
 *
 * @param problemsOf the problems of these jobs, with paths from the root of the env file
 * @returns the jobs that are valid, and one remark for each value or job that was left out
 */
export function withoutRefused(
  entries: readonly JobEntry[],
  problemsOf: (entries: readonly JobEntry[]) => readonly Problem[],
): { readonly jobs: readonly JobEntry[]; readonly remarks: readonly Remark[] } {
  const remarks: Remark[] = [];
  let jobs = entries;
  for (;;) {
    const problems = onePerJob(problemsOf(jobs));
    if (problems.size === 0) return { jobs, remarks };
    jobs = jobs.flatMap((entry) => {
      const problem = problems.get(entry.key);
      if (!problem) return [entry];
      const [, , field, name, index] = PATH.exec(problem.path) ?? [];
      const { fields, value } = withoutValue(entry, field, name ?? (index === undefined ? undefined : Number(index)));
      remarks.push(remarkOf(problem, entry.key, field ?? "", value));
      if (fields) return [{ key: entry.key, fields }];
      if (field !== undefined) remarks.push(jobLeftOut(entry.key, field));
      return [];
    });
  }
}

/** The last problem of each job, so that the positions of earlier steps stay the same. */
function onePerJob(problems: readonly Problem[]): Map<string, Problem> {
  const inOrder = [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return new Map(inOrder.map((problem) => [PATH.exec(problem.path)?.[1] ?? "", problem]));
}

/** @returns the remaining fields, absent when the job cannot be without the value; and the value that was left out */
function withoutValue(
  { fields }: JobEntry,
  field: string | undefined,
  part: string | number | undefined,
): { fields?: Readonly<Record<string, unknown>>; value?: unknown } {
  if (field === undefined) return {};
  const whole = fields[field];
  const { [field]: _whole, ...others } = fields;
  if (part !== undefined && PARTS.includes(field) && typeof whole === "object" && whole !== null) {
    const value: unknown = (whole as Record<string | number, unknown>)[part];
    const rest = withoutPart(whole, part);
    if (value !== undefined && Object.keys(rest).length > 0) return { fields: { ...fields, [field]: rest }, value };
    return NEEDED.includes(field) ? { value } : { fields: others, value };
  }
  return NEEDED.includes(field) || whole === undefined ? { value: whole } : { fields: others, value: whole };
}

function withoutPart(whole: object, part: string | number): object {
  if (Array.isArray(whole)) return (whole as unknown[]).filter((_, i) => i !== part);
  return Object.fromEntries(Object.entries(whole).filter(([name]) => name !== part));
}

function remarkOf({ path, reason, allowed, fix }: Problem, job: string, field: string, value: unknown): Remark {
  const place = path.slice(`jobs.${job}.`.length) || "key";
  const shown = field === "environment_variables" ? undefined : inShort(value);
  return { kind: "lost", job, field: place, value: shown, reason, fix: `${fix}; allowed: ${allowed}` };
}

function jobLeftOut(job: string, field: string): Remark {
  const reason = `the job is not in the YAML, because it has no valid \`${field}\``;
  return {
    kind: "lost",
    job,
    field: "the job",
    reason,
    fix: "correct it in dbt Cloud and import again, or write the job by hand",
  };
}
