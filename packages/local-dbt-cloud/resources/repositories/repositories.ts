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
}

/** What only a create may name; dbt Cloud refuses it in an update. */
const CREATE_ONLY = [
  "gitlab_project_id",
  "azure_active_directory_project_id",
  "azure_active_directory_repository_id",
  "azure_bypass_webhook_registration_failure",
] as const;

/** The body of a create or of an update; what clients echo beyond it is ignored. */
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

/** Finds what an update may not say. */
export const repositoryChanges = z.object(
  Object.fromEntries(CREATE_ONLY.map((key) => [key, z.undefined("Additional properties are not allowed").optional()])),
);

export function repositoriesOf(world: World): Collection<Repository> {
  return world.store.collection<Repository>("repository");
}

/**
 * A repository as it is answered. A template that is not set is absent. There are no keys and no credentials of a git
 * provider here, and dbt Cloud answers no GitLab id.
 */
export function repositoryAnswer({
  pull_request_url_template,
  ...repository
}: Repository): Omit<Repository, "pull_request_url_template"> & Readonly<Record<string, unknown>> {
  return {
    ...repository,
    ...(pull_request_url_template !== null && { pull_request_url_template }),
    deploy_key: null,
    deploy_key_id: null,
    repository_credentials_id: null,
    gitlab_project_id: null,
    remote_backend: null,
    full_name: null,
    name: null,
    web_url: null,
    github_repo: null,
    git_provider: null,
    gitlab: null,
    is_private_link_enabled: repository.private_link_endpoint_id !== null,
  };
}
