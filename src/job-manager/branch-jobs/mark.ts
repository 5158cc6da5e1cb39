import { createHash } from "node:crypto";
import { z } from "zod";

/** Whose a branch job is. Two jobs with the same name can have different owners. */
export interface Owner {
  readonly team: string;
  /** The dbt Cloud project's id. */
  readonly project: number;
  /** The dbt Cloud environment's id. */
  readonly environment: number;
  /** The git branch's full name. */
  readonly ref: string;
  /** The GitLab login. */
  readonly user: string;
}

/** What stands in a branch job's description for programs: whose it is and what was deployed. */
export interface Mark extends Owner {
  readonly key: string;
  /** The schema that the branch builds into. */
  readonly schema: string;
  /** Digest of the job's definition. */
  readonly definition: string;
  /** Digest of the job's own values of environment variables. */
  readonly overrides: string;
  /** The deploy that wrote it has not finished this job. */
  readonly pending?: true;
}

/** The version is in the prefix: a reader of another version must not guess. */
const PREFIX = "dbt-job-manager/v1 ";
const ANY_VERSION = /^dbt-job-manager\/v\d+ /;

const markSchema = z.strictObject({
  team: z.string(),
  project: z.int(),
  environment: z.int(),
  ref: z.string(),
  user: z.string(),
  key: z.string(),
  schema: z.string(),
  definition: z.string(),
  overrides: z.string(),
  pending: z.literal(true).optional(),
});

/** A job's description with its mark, on a last line of its own. */
export function markedDescription(text: string, mark: Mark): string {
  return `${text}\n\n${PREFIX}${JSON.stringify(mark)}`;
}

/** The mark of a description; undefined when there is none that this version can read. */
export function markOf(description: string): Mark | undefined {
  const line = lastLine(description);
  if (!line.startsWith(PREFIX)) return undefined;
  try {
    return markSchema.parse(JSON.parse(line.slice(PREFIX.length)));
  } catch {
    return undefined;
  }
}

/** Whether a description has a mark of any version, or one that was changed so that it cannot be read. */
export function isMarked(description: string): boolean {
  return ANY_VERSION.test(lastLine(description));
}

/** A description without its mark. */
export function withoutMark(description: string): string {
  if (!isMarked(description)) return description.trimEnd();
  const text = description.trimEnd();
  return text.slice(0, text.lastIndexOf("\n") + 1).trimEnd();
}

/** Whether a mark says that a job is of the owner's team, in the same environment. */
export function isOfTeam(owner: Owner, mark: Owner): boolean {
  return mark.team === owner.team && mark.project === owner.project && mark.environment === owner.environment;
}

/** Whether a mark says that a job is the owner's. */
export function isOwnedBy(owner: Owner, mark: Owner): boolean {
  return isOfTeam(owner, mark) && mark.ref === owner.ref && mark.user === owner.user;
}

/** A short digest of anything that JSON can hold; keys count in the order in which they stand. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}

function lastLine(description: string): string {
  const text = description.trimEnd();
  return text.slice(text.lastIndexOf("\n") + 1);
}
