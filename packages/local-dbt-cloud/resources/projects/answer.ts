import type { Project } from "./projects";

/** A project as it is answered. Related objects are null, because no client asks for them. */
export function projectAnswer(project: Project): Project & Readonly<Record<string, unknown>> {
  return {
    ...project,
    connection: null,
    repository: null,
    environments: null,
    group_permissions: null,
    docs_job: null,
    freshness_job: null,
    fusion_readiness: null,
    default_version: null,
  };
}
