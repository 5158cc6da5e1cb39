import { schemasOverlap } from "../../jobs/branch-schema";
import type { Refusal } from "../../jobs/refusal";
import type { Branch } from "./branch";
import type { DeployedJob, Inventory } from "./inventory";
import { isMarked, isOwnedBy, type Mark } from "./mark";
import type { PlanInput } from "./plan";
import type { WantedJob } from "./wanted";

/** Something in dbt Cloud that prevents a deploy. */
export interface Obstacle extends Refusal {
  /** The job, schema or variable in question. */
  readonly subject: string;
}

/** The input of the plan, and the environment variables of the project. */
export interface ObstacleInput extends Omit<PlanInput, "overrides" | "ids"> {
  readonly branch: Branch;
  readonly knownVariables: ReadonlySet<string>;
}

/** All obstacles of a deploy. */
export function obstaclesOf(input: ObstacleInput): Obstacle[] {
  const { branch, wanted, inventory, only } = input;
  const selected = wanted.filter(({ key }) => only === undefined || only.includes(key));
  return [
    ...unfinishedJobs(inventory, only),
    ...takenNames(selected, input),
    ...sharedSchemas(branch, inventory.jobs),
    ...unknownVariables(selected, input.knownVariables),
    ...missingReferences(selected, inventory),
  ];
}

/** One unfinished job shows that its whole deploy is unfinished, so it must not be finished alone. */
function unfinishedJobs({ own }: Inventory, only: readonly string[] | undefined): Obstacle[] {
  if (only === undefined || own.every(({ mark }) => only.includes(mark.key))) return [];
  return own
    .filter(({ mark }) => mark.pending && only.includes(mark.key))
    .map(({ record }) => ({
      subject: `job ${record.id} "${record.name}"`,
      reason:
        "a deploy of several jobs was interrupted, and this job is marked as unfinished until all of them are done",
      allowed: "a deploy of all jobs first",
      fix: "deploy once without --only",
    }));
}

/** A name does not show the owner. So a job with the name of a key but without the key's mark counts as somebody else's. */
function takenNames(selected: readonly WantedJob[], { branch, inventory }: ObstacleInput): Obstacle[] {
  const keys = new Map(selected.map(({ key, name }) => [name, key]));
  return inventory.jobs.flatMap((job) => {
    const key = keys.get(job.record.name);
    const known = key === undefined ? undefined : inventory.byKey.get(key);
    const isOfKey = isOwn(branch, job.mark) && job.mark?.key === key;
    if (key === undefined || isOfKey || known?.record.id === job.record.id) return [];
    return [{ subject: `job ${job.record.id} "${job.record.name}"`, ...nameRefusal(job, branch, known !== undefined) }];
  });
}

function isOwn({ owner }: Branch, mark: Mark | undefined): boolean {
  return mark !== undefined && isOwnedBy(owner, mark);
}

function nameRefusal({ record, mark }: DeployedJob, branch: Branch, isDuplicate: boolean): Refusal {
  if (!mark && isMarked(record.description)) {
    return {
      reason: "its mark was written by another version of this program, or changed by hand",
      allowed: "names that no other job has",
      fix: "update this program; if the job is yours, delete the last line of its description and use `--adopt`",
    };
  }
  if (!mark) {
    return {
      reason: "it has this branch's name but not its mark, so it may be somebody else's",
      allowed: "names that no other job has",
      fix: isDuplicate
        ? "check the job in dbt Cloud, then rename or delete it: this branch already has its own job"
        : "check the job in dbt Cloud; adopt it with `--adopt`, or rename it",
    };
  }
  if (isOwn(branch, mark)) {
    return {
      reason: `it has the mark of this branch's job ${mark.key}, so somebody copied or renamed that job`,
      allowed: "names that no other job has",
      fix: "check the job in dbt Cloud, then rename or delete it",
    };
  }
  return {
    reason: `it belongs to branch ${mark.ref} of ${mark.user}, whose jobs have the same names`,
    allowed: "one owner for each name",
    fix: "rename your branch, or ask the owner to clean up theirs",
  };
}

/** Two branches that build into the same schema overwrite each other's tables. */
function sharedSchemas(branch: Branch, jobs: readonly DeployedJob[]): Obstacle[] {
  const others = jobs.flatMap(({ mark }) =>
    mark && schemasOverlap(mark.schema, branch.schema) && !isOwn(branch, mark)
      ? [`branch ${mark.ref} of ${mark.user}`]
      : [],
  );
  return [...new Set(others)].map((owner) => ({
    subject: `schema ${branch.schema}`,
    reason: `${owner} builds into the same schema`,
    allowed: "a separate schema for each branch of each person",
    fix: "rename your branch, or ask the owner to clean up theirs",
  }));
}

function unknownVariables(selected: readonly WantedJob[], known: ReadonlySet<string>): Obstacle[] {
  const names = new Set(selected.flatMap(({ overrides }) => Object.keys(overrides)));
  return [...names]
    .filter((name) => !known.has(name))
    .map((name) => ({
      subject: `environment variable ${name}`,
      reason: "the dbt Cloud project does not have this variable, so a job cannot have its own value",
      allowed: [...known].sort().join(", ") || "none: the project has no variables",
      fix: `add ${name} under Orchestration > Environments > Environment variables, with a value for the whole project`,
    }));
}

/** A payload needs the id of a job that it refers to, so that job must exist or be part of the same deploy. */
function missingReferences(selected: readonly WantedJob[], { byKey }: Inventory): Obstacle[] {
  const deployed = new Set(selected.map(({ key }) => key));
  return selected.flatMap((job) =>
    job.refersTo
      .filter((key) => !byKey.has(key) && !deployed.has(key))
      .map((key) => ({
        subject: `job ${job.key}`,
        reason: `it refers to the job ${key}, which is not deployed yet`,
        allowed: "jobs of this branch that are deployed, or part of this deploy",
        fix: `add ${key} to --only, or deploy all jobs`,
      })),
  );
}
