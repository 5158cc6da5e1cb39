import type { Repository } from "./repositories";

/**
 * A repository as it is answered. A missing template is absent. The local dbt Cloud has no credentials of git providers,
 * and dbt Cloud answers no GitLab id. A deploy key has the id of its repository.
 */
export function repositoryAnswer({ pull_request_url_template, public_key = null, ...repository }: Repository): object {
  const { id, account_id } = repository;
  return {
    ...repository,
    ...(pull_request_url_template !== null && { pull_request_url_template }),
    deploy_key: public_key === null ? null : { id, account_id, state: 1, public_key },
    deploy_key_id: public_key === null ? null : id,
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
