import type { Refusal } from "../../jobs/refusal";
import { schemasMeet, type Branch } from "./branch";
import type { DeployedJob, Inventory } from "./inventory";
import { isMarked, isOwnedBy, type Mark } from "./mark";
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
  readonly knownVariables: ReadonlySet<string>;
}

/** Everything that keeps a deploy from beginning, at once. */
export function obstaclesOf(input: ObstacleInput): Obstacle[] {
  const { branch, wanted, inventory, only } = input;
  const meant = wanted.filter(({ key }) => only === undefined || only.includes(key));
  return [
    ...unfinishedJobs(inventory, only),
    ...takenNames(meant, input),
    ...sharedSchemas(branch, inventory.jobs),
    ...unknownVariables(meant, input.knownVariables),
    ...missingReferences(meant, inventory),
  ];
}

/** A job that a deploy left unfinished stands for all of that deploy's jobs, so that it must not be finished alone. */
function unfinishedJobs({ own }: Inventory, only: readonly string[] | undefined): Obstacle[] {
  if (only === undefined || own.every(({ mark }) => only.includes(mark.key))) return [];
  return own
    .filter(({ mark }) => mark.pending && only.includes(mark.key))
    .map(({ record }) => ({
      subject: `job ${record.id} "${record.name}"`,
      reason: "a deploy of several jobs was broken off, and this job says so until all of them are done",
      allowed: "a deploy of all jobs first",
      fix: "deploy once without --only",
    }));
}

/** Names say nothing about owners, so a job of our name without our mark is somebody else's until that is said. */
function takenNames(meant: readonly WantedJob[], { branch, inventory }: ObstacleInput): Obstacle[] {
  const keys = new Map(meant.map(({ key, name }) => [name, key]));
  return inventory.jobs.flatMap((job) => {
    const key = keys.get(job.record.name);
    const known = key === undefined ? undefined : inventory.byKey.get(key);
    if (key === undefined || isOurs(branch, job.mark) || known?.record.id === job.record.id) return [];
    return [{ subject: `job ${job.record.id} "${job.record.name}"`, ...whyTaken(job, known !== undefined) }];
  });
}

function isOurs({ owner }: Branch, mark: Mark | undefined): boolean {
  return mark !== undefined && isOwnedBy(owner, mark);
}

function whyTaken({ record, mark }: DeployedJob, isDouble: boolean): Refusal {
  if (!mark && isMarked(record.description)) {
    return {
      reason: "its mark is of another version of this program, or was changed by hand",
      allowed: "names that no other job has",
      fix: "update this program; if the job is yours, delete the last line of its description and use `--adopt`",
    };
  }
  if (!mark) {
    return {
      reason: "it has this branch's name but not its mark, so it may be somebody else's",
      allowed: "names that no other job has",
      fix: isDouble
        ? "look at it in dbt Cloud and rename or delete it: this branch has its job already"
        : "look at it in dbt Cloud; `--adopt` takes it over, else rename it",
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
    mark && schemasMeet(mark.schema, branch.schema) && !isOurs(branch, mark)
      ? [`branch ${mark.ref} of ${mark.user}`]
      : [],
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
