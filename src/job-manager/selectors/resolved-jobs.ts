import type { EnvironmentDefinition } from "../../env-files/definition";
import type { JobDefinition } from "../../jobs/definition";
import { hasFreshness, isBuilt, readDbtProject, readsOf, type DbtNode, type DbtProject } from "./dbt-project";
import { resolveSelections, type Answer, type DbtRequest } from "./resolve";
import { selectionOf, type SelectingStep } from "./step-selection";

/** A step with the objects that dbt selects for it. */
export interface ResolvedStep extends SelectingStep {
  /** The position of the step in `execute_steps`. */
  readonly index: number;
  readonly project: DbtProject;
  readonly selected: readonly DbtNode[];
  /** The criteria that match nothing: `tag:cor`. */
  readonly unmatched: readonly string[];
  /** dbt's message, when it refused the selection; else null. */
  readonly error: string | null;
}

/** A job with the objects of the dbt project that it works on. */
export interface ResolvedJob {
  readonly key: string;
  readonly job: JobDefinition;
  /** The steps that select objects. */
  readonly steps: readonly ResolvedStep[];
  /** The models, seeds and snapshots that the job builds, by id. */
  readonly builds: ReadonlyMap<string, DbtNode>;
  /** The models, seeds and snapshots that the job reads and does not build, by id. */
  readonly reads: ReadonlyMap<string, DbtNode>;
}

/** An environment with its resolved jobs. */
export interface ResolvedEnvironment {
  readonly environment: EnvironmentDefinition;
  readonly jobs: readonly ResolvedJob[];
  /** The dbt project as the first job sees it; empty when no job selects objects. */
  readonly project: DbtProject;
}

/**
 * Finds the objects of the dbt project on which each job works.
 *
 * @returns the environments, and the seconds that dbt took after it had parsed the project
 * @throws DbtError when dbt is missing, or the project cannot be parsed
 */
export function resolveJobs(
  environments: readonly EnvironmentDefinition[],
  request: DbtRequest,
): { environments: ResolvedEnvironment[]; seconds: number } {
  const questions = environments.flatMap((environment) =>
    Object.entries(environment.jobs).flatMap(([key, job]) =>
      job.execute_steps.flatMap((step, index) => {
        const selecting = selectionOf(step, job, environment);
        return selecting ? [{ environment, key, index, ...selecting }] : [];
      }),
    ),
  );
  const { answers, seconds } = resolveSelections(
    questions.map(({ selection }) => selection),
    request,
  );
  const projects = new Map<string, DbtProject>();
  const projectIn = (file: string): DbtProject => {
    const project = projects.get(file) ?? readDbtProject(file);
    projects.set(file, project);
    return project;
  };
  const steps = questions.map((question, i) => ({
    ...question,
    ...resolvedStep(question, answers[i]!, projectIn(answers[i]!.manifest)),
  }));
  return {
    seconds,
    environments: environments.map((environment) => {
      const own = steps.filter((step) => step.environment === environment);
      const jobs = Object.entries(environment.jobs).map(([key, job]) =>
        resolvedJob(
          key,
          job,
          own.filter((step) => step.key === key),
        ),
      );
      return { environment, jobs, project: own[0]?.project ?? new Map<string, DbtNode>() };
    }),
  };
}

function resolvedStep(
  question: SelectingStep & { readonly index: number },
  { selected, unmatched, error }: Answer,
  project: DbtProject,
): ResolvedStep {
  const nodes = selected.flatMap((id) => project.get(id) ?? []);
  const isFreshness = question.command.name.startsWith("source ");
  return { ...question, project, selected: isFreshness ? nodes.filter(hasFreshness) : nodes, unmatched, error };
}

function resolvedJob(key: string, job: JobDefinition, steps: readonly ResolvedStep[]): ResolvedJob {
  const builds = new Map<string, DbtNode>();
  const reads = new Map<string, DbtNode>();
  for (const { selected, isBuilding, project } of steps) {
    for (const node of selected) {
      for (const read of readsOf(node, project)) reads.set(read.unique_id, read);
      if (isBuilding && isBuilt(node)) builds.set(node.unique_id, node);
    }
  }
  for (const id of builds.keys()) reads.delete(id);
  return { key, job, steps, builds, reads };
}
