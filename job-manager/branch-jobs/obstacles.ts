import type { Refusal } from "../../jobs/refusal";
import type { Branch } from "./branch";
import type { DeployedJob, Inventory } from "./inventory";
import { isOwnedBy, type Mark } from "./mark";
import type { PlanInput } from "./plan";
import type { WantedJob } from "./wanted";

/** Something in dbt Cloud that keeps a deploy from beginning. */
export interface Obstacle extends Refusal {
  /** What it is about, in short. */
  readonly subject: string;
}

/** What a deploy meets: the plan's input, and the variables that the project knows. */
export interface ObstacleInput extends Omit<PlanInput, "overrides" | "ids"> {
  readonly branch: Branch;
  readonly adopt: boolean;
  readonly knownVariables: ReadonlySet<string>;
}

/** Everything that keeps a deploy from beginning, at once. */
export function obstaclesOf(input: ObstacleInput): Obstacle[] {
  const { branch, wanted, inventory, only } = input;
  const meant = wanted.filter(({ key }) => only === undefined || only.includes(key));
  return [
    ...takenNames(meant, input),
    ...sharedSchemas(branch, inventory.jobs),
    ...unknownVariables(meant, input.knownVariables),
    ...missingReferences(meant, inventory),
  ];
}

/** Names say nothing about owners, so a job of our name without our mark is somebody else's until that is said. */
function takenNames(meant: readonly WantedJob[], { branch, inventory, adopt }: ObstacleInput): Obstacle[] {
  const names = new Set(meant.map(({ name }) => name));
  return inventory.jobs
    .filter(({ record, mark }) => names.has(record.name) && !isOurs(branch, mark) && !(adopt && !mark))
    .map(({ record, mark }) => ({ subject: `job ${record.id} "${record.name}"`, ...whyTaken(mark) }));
}

function isOurs({ owner }: Branch, mark: Mark | undefined): boolean {
  return mark !== undefined && isOwnedBy(owner, mark);
}

function whyTaken(mark: Mark | undefined): Refusal {
  if (!mark) {
    return {
      reason: "it has this branch's name but not its mark, so it may be somebody else's",
      allowed: "names that no other job has",
      fix: "look at it in dbt Cloud; `--adopt` takes it over, else rename it",
    };
  }
  return {
    reason: `it belongs to branch ${mark.ref} of ${mark.user}, whose names look the same`,
    allowed: "one owner of a name",
    fix: "rename your branch, or ask the owner to clean up theirs",
  };
}

/** Two branches that build into one schema overwrite each other's tables. */
function sharedSchemas(branch: Branch, jobs: readonly DeployedJob[]): Obstacle[] {
  const others = jobs.flatMap(({ mark }) =>
    mark?.schema === branch.schema && !isOurs(branch, mark) ? [`branch ${mark.ref} of ${mark.user}`] : [],
  );
  return [...new Set(others)].map((owner) => ({
    subject: `schema ${branch.schema}`,
    reason: `${owner} builds into the same schema`,
    allowed: "a schema for each branch of each person",
    fix: "rename your branch, or ask the owner to clean up theirs",
  }));
}

function unknownVariables(meant: readonly WantedJob[], known: ReadonlySet<string>): Obstacle[] {
  const names = new Set(meant.flatMap(({ overrides }) => Object.keys(overrides)));
  return [...names]
    .filter((name) => !known.has(name))
    .map((name) => ({
      subject: `environment variable ${name}`,
      reason: "the dbt Cloud project does not know it, so no job can have a value of its own",
      allowed: [...known].sort().join(", ") || "none: the project has no variable",
      fix: `add ${name} under Orchestration > Environments > Environment variables, with a value for the whole project`,
    }));
}

/** A job that is referred to by id must be there, or come with the same deploy. */
function missingReferences(meant: readonly WantedJob[], { byKey }: Inventory): Obstacle[] {
  const coming = new Set(meant.map(({ key }) => key));
  return meant.flatMap((job) =>
    job.refersTo
      .filter((key) => !byKey.has(key) && !coming.has(key))
      .map((key) => ({
        subject: `job ${job.key}`,
        reason: `it refers to ${key}, which is not deployed yet`,
        allowed: "jobs of this branch that are there, or deployed at the same time",
        fix: `add ${key} to --only, or deploy all jobs`,
      })),
  );
}
