import type { DbtNode } from "./dbt-project";
import type { ResolvedEnvironment } from "./resolved-jobs";

/** The jobs that work on a model, as `environment/key`. */
export interface ModelJobs {
  readonly built_by: readonly string[];
  /** The jobs that read the model and do not build it. */
  readonly read_by: readonly string[];
}

/** Finds the jobs that build or read each of the named models. */
export function jobsOfModels(
  names: readonly string[],
  environments: readonly ResolvedEnvironment[],
): Map<string, ModelJobs> {
  const jobs = environments.flatMap(({ environment, jobs: resolved }) =>
    resolved.map((job) => ({ ...job, place: `${environment.name}/${job.key}` })),
  );
  const placesWith = (name: string, of: "builds" | "reads"): string[] =>
    jobs.filter((job) => isIn(name, job[of])).map(({ place }) => place);
  return new Map(
    names.map((name) => [name, { built_by: placesWith(name, "builds"), read_by: placesWith(name, "reads") }]),
  );
}

function isIn(name: string, nodes: ReadonlyMap<string, DbtNode>): boolean {
  return [...nodes.values()].some((node) => node.resource_type === "model" && node.name === name);
}
