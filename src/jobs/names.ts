import { createHash } from "node:crypto";

/** The form of a job's key: lower case words joined by single hyphens. */
export const JOB_KEY = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** The longest job name that we send; a longer one is refused before synth. */
export const JOB_NAME_LIMIT = 255;

/** What a Terraform-managed job's name is made of. */
export interface JobNameParts {
  readonly team: string;
  readonly key: string;
  readonly environment: string;
}

/**
 * The name of a job in dbt Cloud that Terraform manages.
 *
 * @returns `marketing-team-attribution-production` for the job `attribution` of production
 */
export function terraformJobName(parts: JobNameParts): string {
  return `${parts.team}-${parts.key}-${parts.environment}`;
}

/** What a branch job's name is made of. */
export interface BranchJobNameParts {
  readonly team: string;
  /** The branch as GitLab shortens it for names: {@link slugOf}. */
  readonly branchSlug: string;
  readonly userSlug: string;
  readonly key: string;
}

/**
 * The name of a job that is deployed from a feature branch. It is for people: `a-b` of user `c` and `a` of user `b-c`
 * have the same names, so whose a job is must never be read from it.
 *
 * @returns `marketing-team-feature-attribution-model-v2-jennifer-lopez-attribution-daily-refresh`, cut at
 *   {@link JOB_NAME_LIMIT} characters with a digest of the whole at its end
 */
export function branchJobName({ team, branchSlug, userSlug, key }: BranchJobNameParts): string {
  return cutTo(JOB_NAME_LIMIT, [team, branchSlug, userSlug, key].join("-"), "-");
}

/** GitLab's limit of `CI_COMMIT_REF_SLUG`. */
const SLUG_LIMIT = 63;

/**
 * A branch or user in lower case letters, digits and hyphens, at most 63 characters, as GitLab makes
 * `CI_COMMIT_REF_SLUG`. A text that has no letter or digit of ASCII becomes `x-` and a digest.
 */
export function slugOf(text: string): string {
  const slug = text
    .toLowerCase()
    .replace(/[^a-z0-9]/gu, "-")
    .slice(0, SLUG_LIMIT)
    .replace(/^-+|-+$/g, "");
  return slug || `x-${digestOf(text, 8)}`;
}

/** Cuts a text at a number of characters, with a digest of the whole text at its end. A short text stays as it is. */
export function cutTo(limit: number, text: string, joiner: string): string {
  if (text.length <= limit) return text;
  const end = `${joiner}${digestOf(text, 8)}`;
  return `${text.slice(0, limit - end.length)}${end}`;
}

/** The Terraform address of a job within its resource type: its key, so that a new title never moves it. */
export function jobAddress(key: string): string {
  return key;
}

/** The Terraform address of the trigger that starts a job after another one. */
export function completionTriggerAddress(key: string): string {
  return key;
}

/** The Terraform address of a job's own value of an environment variable. Keys hold no underscore, so it is unique. */
export function environmentVariableOverrideAddress(key: string, variable: string): string {
  return `${key}_${variable}`;
}

/**
 * The Terraform address of the notifications of one recipient. The recipient is hashed: an e-mail address has
 * characters that an address cannot hold, and replacing them would let two recipients collide.
 */
export function notificationAddress(recipient: string): string {
  return `recipient-${digestOf(recipient, 12)}`;
}

function digestOf(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
