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
  const digest = createHash("sha256").update(recipient).digest("hex");
  return `recipient-${digest.slice(0, 12)}`;
}
