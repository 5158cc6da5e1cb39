import { active, type World } from "../../world";
import { connectionAnswer } from "../connections/answer";
import { connectionsOf } from "../connections/connections";
import { credentialAnswer } from "../credentials/answer";
import { credentialsOf } from "../credentials/credentials";
import { profilesOf, type Profile } from "../profiles/profiles";
import { projectsOf } from "../projects/projects";
import type { Environment } from "./environments";

/**
 * An environment as it is answered. Related objects are null unless a request asks for them. `jobs` and
 * `custom_environment_variables` are always null, because the Terraform provider cannot read a list there.
 */
export function environmentAnswer(
  stored: Environment,
  world: World,
  related: readonly string[] = [],
): Environment & Readonly<Record<string, unknown>> {
  const environment = { ...stored, ...profileOf(world, stored) };
  const credential = related.includes("credentials") && active(credentialsOf(world), environment.credentials_id ?? 0);
  const connection = related.includes("connection") && connectionsOf(world).get(environment.connection_id ?? 0);
  const project = related.includes("project") && active(projectsOf(world), environment.project_id);
  return {
    ...environment,
    raw_dbt_version: environment.dbt_version,
    is_deferrable: environment.type === "deployment",
    project: project || null,
    credentials: credential ? credentialAnswer(credential) : null,
    connection: connection ? connectionAnswer(connection) : null,
    repository: null,
    fusion_readiness: null,
    jobs: null,
    custom_environment_variables: null,
  };
}

/** An environment with a profile has the profile's connection, credentials and attributes, as in dbt Cloud. */
function profileOf(
  world: World,
  { primary_profile_id }: Environment,
): Pick<Profile, "connection_id" | "credentials_id" | "extended_attributes_id"> | undefined {
  const profile = active(profilesOf(world), primary_profile_id ?? 0);
  if (!profile) return undefined;
  const { connection_id, credentials_id, extended_attributes_id } = profile;
  return { connection_id, credentials_id, extended_attributes_id };
}
