/** What a permission set allows, by area. A right to write includes the right to read. */
interface PermissionSet {
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}

/** The areas of a project. */
const PROJECT = "credentials variables environments jobs runs projects repositories semantic-layer";

/**
 * The permission sets of dbt Cloud with the areas of the tables "Enterprise permissions" in dbt's documentation. `*` is
 * every area. Sets without areas exist in dbt Cloud for parts that the local dbt Cloud does not have.
 */
export const SETS: Readonly<Record<string, PermissionSet>> = {
  owner: set("*"),
  account_admin: set("*"),
  account_viewer: set("", "*"),
  readonly: set("", "*"),
  member: set(`${PROJECT} webhooks`, "settings connections groups members"),
  security_admin: set("groups members", "settings service-tokens projects"),
  project_creator: set(`${PROJECT} connections members new-project`, "settings groups"),
  notification_manager: set("notifications", "jobs projects"),
  webhooks_only: set("webhooks"),
  semantic_layer_only: set("semantic-layer"),
  admin: set(`${PROJECT} webhooks members`, "settings connections groups"),
  analyst: set("credentials variables projects", "connections environments jobs runs semantic-layer"),
  analyst_read: set("", `${PROJECT} connections`),
  database_admin: set(
    "credentials variables projects semantic-layer",
    "settings connections groups members environments jobs runs repositories",
  ),
  developer: set(
    "credentials variables projects webhooks",
    "connections groups members environments jobs runs repositories semantic-layer",
  ),
  git_admin: set(
    "variables projects repositories",
    "settings connections groups members credentials environments jobs runs semantic-layer",
  ),
  job_admin: set("credentials variables environments jobs runs", "connections projects semantic-layer"),
  job_creator: set("jobs runs", "connections environments projects"),
  job_runner: set("runs", "jobs"),
  job_viewer: set("", "variables environments jobs projects runs"),
  stakeholder: set("", `${PROJECT} connections groups members`),
  team_admin: set("variables projects", `${PROJECT} settings connections groups members`),
  billing_admin: set(""),
  cost_insights_admin: set(""),
  cost_insights_viewer: set(""),
  cost_management_admin: set(""),
  cost_management_viewer: set(""),
  fusion_admin: set(""),
  manage_marketplace_apps: set(""),
  metadata_only: set(""),
  scim_only: set(""),
};

/** The area of an address, by the last of these words in it. */
const AREAS: Readonly<Record<string, string>> = {
  artifacts: "runs",
  "assign-groups": "members",
  connections: "connections",
  credentials: "credentials",
  encryptions: "connections",
  "environment-variables": "variables",
  environments: "environments",
  "extended-attributes": "credentials",
  features: "settings",
  "group-permissions": "groups",
  groups: "groups",
  jobs: "jobs",
  "license-maps": "members",
  notifications: "notifications",
  "oauth-configurations": "connections",
  profiles: "credentials",
  projects: "projects",
  repositories: "repositories",
  rerun: "runs",
  run: "runs",
  runs: "runs",
  "semantic-layer-configurations": "semantic-layer",
  "semantic-layer-credential-to-service-token-mapping": "semantic-layer",
  "semantic-layer-credentials": "semantic-layer",
  "service-tokens": "service-tokens",
  steps: "runs",
  users: "members",
  webhooks: "webhooks",
};

/** The area of a route; undefined for addresses that every token may read, such as the account's. */
export function areaOf(method: string, url: string): string | undefined {
  if (method === "POST" && url.endsWith("/projects/")) return "new-project";
  const word = url.split("/").findLast((part) => Object.hasOwn(AREAS, part));
  return word === undefined ? undefined : AREAS[word];
}

/** Whether a set allows a request in an area. */
export function allows(name: string, area: string, isWrite: boolean): boolean {
  const { writes, reads } = SETS[name]!;
  const allowed = isWrite ? writes : [...writes, ...reads];
  return allowed.includes("*") || allowed.includes(area);
}

function set(writes: string, reads = ""): PermissionSet {
  return { writes: writes.split(" ").filter(Boolean), reads: reads.split(" ").filter(Boolean) };
}
