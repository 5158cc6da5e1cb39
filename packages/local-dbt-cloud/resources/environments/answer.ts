import { active, type World } from "../../world";
import { connectionAnswer } from "../connections/answer";
import { connectionsOf } from "../connections/connections";
import { credentialAnswer } from "../credentials/answer";
import { credentialsOf } from "../credentials/credentials";
import { projectsOf } from "../projects/projects";
import type { Environment } from "./environments";

/**
 * An environment as it is answered. Related objects are null unless a request asks for them. `jobs` and
 * `custom_environment_variables` are always null, because the Terraform provider cannot read a list there.
 */
export function environmentAnswer(
  environment: Environment,
  world: World,
  related: readonly string[] = [],
): Environment & Readonly<Record<string, unknown>> {
  const credential = related.includes("credentials") && active(credentialsOf(world), environment.credentials_id ?? 0);
  const connection = related.includes("connection") && connectionsOf(world).get(environment.connection_id ?? 0);
  const project = related.includes("project") && active(projectsOf(world), environment.project_id);
  return {
    ...environment,
    raw_dbt_version: environment.dbt_version,
    is_deferrable: environment.type === "deployment",
    project: project || null,
    credentials: credential ? credentialAnswer(credential) : null,
    ...(connection && { connection: connectionAnswer(connection) }),
    fusion_readiness: null,
    jobs: null,
    custom_environment_variables: null,
  };
}
