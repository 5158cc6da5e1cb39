import type { Cloud } from "../cloud";
import type { OwnProject } from "../own-project";

/** The lists that clients read, each with its address. */
export function lists({ v2, v3 }: Cloud, project: Pick<OwnProject, "path">): Readonly<Record<string, string>> {
  return {
    "accounts in v2": "/api/v2/accounts/",
    "accounts in v3": "/api/v3/accounts/",
    "projects in v2": `${v2}/projects/`,
    "projects in v3": `${v3}/projects/`,
    "environments of the account": `${v3}/environments/`,
    "environments of a project": `${project.path}/environments/`,
    jobs: `${v2}/jobs/`,
    runs: `${v2}/runs/`,
    connections: `${v3}/connections/`,
    encryptions: `${v2}/encryptions/`,
    credentials: `${project.path}/credentials/`,
    "repositories of the account": `${v2}/repositories/`,
    "repositories of a project": `${project.path}/repositories/`,
    notifications: `${v2}/notifications/`,
    users: `${v3}/users/`,
    groups: `${v3}/groups/`,
    "license maps": `${v3}/license-maps/`,
    "service tokens": `${v3}/service-tokens/`,
    webhooks: `${v3}/webhooks/subscriptions`,
    profiles: `${project.path}/profiles/`,
    "semantic layer configurations": `${project.path}/semantic-layer-configurations/`,
  };
}

/** Single objects that a project has from its beginning, each with its address. */
export function singles({ v2 }: Cloud, project: OwnProject): Readonly<Record<string, string>> {
  return {
    account: `${v2}/`,
    project: `${project.path}/`,
    environment: `${project.path}/environments/${project.environment.id}/`,
    "environment variables": `${project.path}/environment-variables/environment/`,
    "environment variables of jobs": `${project.path}/environment-variables/job/`,
    features: v2.replace("/v2/", "/private/") + "/features/",
  };
}
