import type { JobDefinition } from "./definition";

/** The fields that decide the order of jobs. */
type Ordered = Pick<JobDefinition, "expects" | "run_after" | "defer_to">;
type Waiting = Pick<JobDefinition, "expects" | "run_after">;

/**
 * Sorts job keys. Each job comes after the jobs of the same file that it expects, runs after or defers to. Other jobs
 * keep the given order.
 *
 * @param keys the jobs to order
 * @param definitions all jobs of the file. A job between two others decides their order even if it is not one of `keys`
 */
export function inOrder(keys: readonly string[], definitions: Readonly<Record<string, Ordered>>): string[] {
  return eachAfter(keys, (key) => jobsBefore(definitions[key])).filter((key) => keys.includes(key));
}

/**
 * Sorts items and the items that they name. Each item comes after the items that it names.
 *
 * @param before returns the items that an item names. The function follows a cycle only once
 */
export function eachAfter<T>(items: readonly T[], before: (item: T) => readonly T[]): T[] {
  const ordered = new Set<T>();
  const seen = new Set<T>();
  const visit = (item: T): void => {
    if (seen.has(item)) return;
    seen.add(item);
    for (const earlier of before(item)) visit(earlier);
    ordered.add(item);
  };
  for (const item of items) visit(item);
  return [...ordered];
}

/** The jobs that wait for a job, directly or through other jobs, in the order of the file. */
export function jobsWaitingFor(key: string, definitions: Readonly<Record<string, Waiting>>): string[] {
  return Object.keys(definitions).filter(
    (other) => other !== key && eachAfter([other], (one) => jobsWaitedFor(definitions[one])).includes(key),
  );
}

/** The jobs of the same file that must end before a job starts: those that it expects, and the one that it runs after. */
export function jobsWaitedFor(definition: Waiting | undefined): string[] {
  if (!definition) return [];
  return [...definition.expects, ...(definition.run_after ? [definition.run_after.job] : [])];
}

/** The jobs of the same file that a job names. */
export function jobsBefore(definition: Ordered | undefined): string[] {
  return definition ? [...definition.expects, ...jobsById(definition)] : [];
}

/** The jobs of the same file whose ids dbt Cloud needs: `run_after` and `defer_to`. */
export function jobsById({ run_after, defer_to }: Pick<Ordered, "run_after" | "defer_to">): string[] {
  const deferred = typeof defer_to === "object" && "job" in defer_to ? [defer_to.job] : [];
  return [...(run_after ? [run_after.job] : []), ...deferred];
}
