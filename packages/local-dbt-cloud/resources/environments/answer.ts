import type { Environment } from "./environments";

/**
 * An environment as it is answered. `jobs` and `custom_environment_variables` are null, never lists: the Terraform
 * provider cannot read a list there.
 */
export function environmentAnswer(environment: Environment): Environment & Readonly<Record<string, unknown>> {
  return {
    ...environment,
    raw_dbt_version: environment.dbt_version,
    is_deferrable: environment.type === "deployment",
    project: null,
    credentials: null,
    fusion_readiness: null,
    jobs: null,
    custom_environment_variables: null,
  };
}
