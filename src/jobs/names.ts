import { createHash } from "node:crypto";

/** The form of a job's key: lower case words joined by single hyphens. */
export const JOB_KEY = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** The maximum length of a job name. Validation rejects a longer name. */
export const JOB_NAME_LIMIT = 255;

/** The parts of the name of a job that Terraform manages. */
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

/** The parts of the name of a branch job. */
export interface BranchJobNameParts {
  readonly team: string;
  /** The branch in GitLab's short form: {@link slugOf}. */
  readonly branchSlug: string;
  readonly userSlug: string;
  readonly key: string;
}

/**
 * The name of a branch job. It is for display only: branch `a-b` of user `c` and branch `a` of user `b-c` have the same
 * names, so code must not read the owner of a job from it.
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
 * A branch or user in lower case letters, digits and hyphens, at most 63 characters, like GitLab's
 * `CI_COMMIT_REF_SLUG`. A text without ASCII letters and digits becomes `x-` and a digest.
 */
export function slugOf(text: string): string {
  const slug = text
    .toLowerCase()
    .replace(/[^a-z0-9]/gu, "-")
    .slice(0, SLUG_LIMIT)
    .replace(/^-+|-+$/g, "");
  return slug || `x-${digestOf(text, 8)}`;
}

/** Cuts a text at a number of characters and ends it with a digest of the whole text. A short text stays unchanged. */
export function cutTo(limit: number, text: string, joiner: string): string {
  if (text.length <= limit) return text;
  const end = `${joiner}${digestOf(text, 8)}`;
  return `${text.slice(0, limit - end.length)}${end}`;
}

/** The Terraform address of a job within its resource type: its key, so a new name does not move the job. */
export function jobAddress(key: string): string {
  return key;
}

/** The Terraform address of the trigger that starts a job after another job. */
export function completionTriggerAddress(key: string): string {
  return key;
}

/**
 * The Terraform address of a job's override of an environment variable. It is unique, because keys have no underscore.
 */
export function environmentVariableOverrideAddress(key: string, variable: string): string {
  return `${key}_${variable}`;
}

/**
 * The Terraform address of the notifications of one recipient, which has a hash of the recipient. An e-mail address has
 * characters that a Terraform address cannot have, and replaced characters could make two recipients equal.
 */
export function notificationAddress(recipient: string): string {
  return `recipient-${digestOf(recipient, 12)}`;
}

function digestOf(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
