import { isDataTest, readsOf, sourcesOf, type DbtNode } from "./dbt-project";
import type { ResolvedEnvironment, ResolvedJob } from "./resolved-jobs";

/** A table that a job reads and does not build. */
export interface Read {
  readonly node: DbtNode;
  /** The keys of the jobs that build it; empty when no job of the environment does. */
  readonly builders: readonly string[];
}

/** A job that reads what another job builds. */
interface Reader {
  readonly key: string;
  /** The tables that it reads, in the order of names. */
  readonly nodes: readonly DbtNode[];
}

/** The objects of the dbt project on which a job works, and those directly before and after them. */
export interface Neighbours {
  /** The models, seeds and snapshots that the job builds, in the order of names. */
  readonly builds: readonly DbtNode[];
  /** The number of data tests that the job runs. */
  readonly tests: number;
  /** The sources that the job reads or checks, in the order of names. */
  readonly sources: readonly DbtNode[];
  readonly reads: readonly Read[];
  readonly readers: readonly Reader[];
  /** The exposures that read what the job builds. */
  readonly exposures: readonly DbtNode[];
}

/** Finds what a job builds and reads, and what reads it. Ephemeral models have no table, so it looks through them. */
export function neighboursOf(
  job: ResolvedJob,
  { jobs, project }: Pick<ResolvedEnvironment, "jobs" | "project">,
): Neighbours {
  const selected = unique(job.steps.flatMap((step) => step.selected));
  const sources = job.steps.flatMap((step) => step.selected.flatMap((node) => sourcesOf(node, step.project)));
  const built = ({ unique_id }: DbtNode): boolean => job.builds.has(unique_id);
  return {
    builds: byName([...job.builds.values()]),
    tests: selected.filter(isDataTest).length,
    sources: byName(unique(sources)),
    reads: byName([...job.reads.values()]).map((node) => ({
      node,
      builders: jobs.filter(({ builds }) => builds.has(node.unique_id)).map(({ key }) => key),
    })),
    readers: jobs.flatMap(({ key, reads }) => {
      const nodes = byName([...reads.values()].filter(built));
      return nodes.length > 0 ? [{ key, nodes }] : [];
    }),
    exposures: byName(
      [...project.values()].filter((node) => node.resource_type === "exposure" && readsOf(node, project).some(built)),
    ),
  };
}

function unique(nodes: readonly DbtNode[]): DbtNode[] {
  return [...new Map(nodes.map((node) => [node.unique_id, node])).values()];
}

function byName(nodes: readonly DbtNode[]): DbtNode[] {
  return [...nodes].sort((a, b) => a.name.localeCompare(b.name));
}
