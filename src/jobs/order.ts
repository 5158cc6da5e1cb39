import type { JobDefinition } from "./definition";

/** What the order of jobs depends on. */
type Ordered = Pick<JobDefinition, "expects" | "run_after" | "defer_to">;

/**
 * Job keys in an order in which each job comes after those of the same file that it expects, runs after or defers to.
 * Where nothing decides, the given order stays.
 *
 * @param keys the jobs to order
 * @param definitions all jobs of the file; a job between two others decides, even when it is not one of `keys`
 */
export function inOrder(keys: readonly string[], definitions: Readonly<Record<string, Ordered>>): string[] {
  return eachAfter(keys, (key) => jobsBefore(definitions[key])).filter((key) => keys.includes(key));
}

/**
 * Items, and those that they name, in an order in which each item comes after those that it names.
 *
 * @param before the items that an item names. A cycle is not followed twice
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

/** The jobs of the same file that a job names. */
export function jobsBefore(definition: Ordered | undefined): string[] {
  return definition ? [...definition.expects, ...jobsById(definition)] : [];
}

/** The jobs of the same file that dbt Cloud needs the ids of: `run_after` and `defer_to`. */
export function jobsById({ run_after, defer_to }: Pick<Ordered, "run_after" | "defer_to">): string[] {
  const deferred = typeof defer_to === "object" && "job" in defer_to ? [defer_to.job] : [];
  return [...(run_after ? [run_after.job] : []), ...deferred];
}
