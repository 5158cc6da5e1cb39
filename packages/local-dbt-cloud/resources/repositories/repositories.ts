import { z } from "zod";
import type { Collection } from "../../store/store";
import type { InProject, Timestamps, World } from "../../world";

const CLONE_STRATEGIES = [
  "deploy_key",
  "github_app",
  "deploy_token",
  "azure_active_directory_app",
  "git_token",
] as const;

/** A git repository of a project as it is stored. */
export interface Repository extends InProject, Timestamps {
  readonly account_id: number;
  readonly remote_url: string;
  readonly git_clone_strategy: (typeof CLONE_STRATEGIES)[number];
  readonly github_installation_id: number | null;
  readonly private_link_endpoint_id: string | null;
  readonly pull_request_url_template: string | null;
  /** The public part of the deploy key, for the strategy `deploy_key`. Repositories of an older state have none. */
  readonly public_key?: string | null;
}

/** Fields that only a create may have. dbt Cloud refuses them in an update. */
const CREATE_ONLY = [
  "gitlab_project_id",
  "azure_active_directory_project_id",
  "azure_active_directory_repository_id",
  "azure_bypass_webhook_registration_failure",
] as const;

/** The body of a create or update. Other fields that clients send back are ignored. */
export const repositoryBody = z.object({
  remote_url: z.string().min(1),
  git_clone_strategy: z.enum(CLONE_STRATEGIES).default("deploy_key"),
  github_installation_id: z
    .int()
    .nullish()
    .transform((id) => id ?? null),
  private_link_endpoint_id: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
  pull_request_url_template: z
    .string()
    .nullish()
    .transform((template) => template || null),
  state: z.literal([1, 2]).default(1),
});

/** Refuses the fields that only a create may have. */
export const repositoryChanges = z.object(
  Object.fromEntries(CREATE_ONLY.map((key) => [key, z.undefined("Additional properties are not allowed").optional()])),
);

export function repositoriesOf(world: World): Collection<Repository> {
  return world.store.collection<Repository>("repository");
}
