import { createHash } from "node:crypto";
import { z } from "zod";

/** The owner of a branch job. Two jobs with the same name can have different owners. */
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

/** The part of a branch job's description that this program reads: the owner, and digests of what was deployed. */
export interface Mark extends Owner {
  readonly key: string;
  /** The schema that the branch builds into. */
  readonly schema: string;
  /** The digest of the job's definition. */
  readonly definition: string;
  /** The digest of the job's own values of environment variables. */
  readonly overrides: string;
  /** The deploy that wrote the mark has not finished. */
  readonly pending?: true;
}

/** The prefix holds the version, so that no other version of this program misreads the mark. */
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

/** A job's description with its mark as the last line. */
export function markedDescription(text: string, mark: Mark): string {
  return `${text}\n\n${PREFIX}${JSON.stringify(mark)}`;
}

/** The mark in a description; undefined when there is no mark that this version can read. */
export function markOf(description: string): Mark | undefined {
  const line = lastLine(description);
  if (!line.startsWith(PREFIX)) return undefined;
  try {
    return markSchema.parse(JSON.parse(line.slice(PREFIX.length)));
  } catch {
    return undefined;
  }
}

/** Whether a description has a mark of any version, even one that is not readable. */
export function isMarked(description: string): boolean {
  return ANY_VERSION.test(lastLine(description));
}

/** A description without its mark. */
export function withoutMark(description: string): string {
  if (!isMarked(description)) return description.trimEnd();
  const text = description.trimEnd();
  return text.slice(0, text.lastIndexOf("\n") + 1).trimEnd();
}

/** Whether the mark is of the owner's team and environment. */
export function isOfTeam(owner: Owner, mark: Owner): boolean {
  return mark.team === owner.team && mark.project === owner.project && mark.environment === owner.environment;
}

/** Whether the mark is the owner's. */
export function isOwnedBy(owner: Owner, mark: Owner): boolean {
  return isOfTeam(owner, mark) && mark.ref === owner.ref && mark.user === owner.user;
}

/** A short digest of a JSON value. The order of keys matters. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}

function lastLine(description: string): string {
  const text = description.trimEnd();
  return text.slice(text.lastIndexOf("\n") + 1);
}
