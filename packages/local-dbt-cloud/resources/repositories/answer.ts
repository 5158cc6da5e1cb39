import type { Repository } from "./repositories";

/**
 * A repository as it is answered. A missing template is absent. The local dbt Cloud has no keys or credentials of git
 * providers, and dbt Cloud answers no GitLab id.
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
