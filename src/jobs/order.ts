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
  const ordered = new Set<string>();
  const seen = new Set<string>();
  const visit = (key: string): void => {
    // An env file with a cycle is refused before; `seen` only keeps a job that defers to a later one from looping.
    if (seen.has(key)) return;
    seen.add(key);
    for (const earlier of jobsBefore(definitions[key])) visit(earlier);
    ordered.add(key);
  };
  for (const key of keys) visit(key);
  return [...ordered].filter((key) => keys.includes(key));
}

/** The jobs of the same file that a job names. */
export function jobsBefore(definition: Ordered | undefined): string[] {
  const { expects = [], run_after, defer_to } = definition ?? {};
  const deferred = typeof defer_to === "object" && "job" in defer_to ? [defer_to.job] : [];
  return [...expects, ...(run_after ? [run_after.job] : []), ...deferred];
}
