import type { RunFolder } from "../resources/runs/files";
import { environmentsOf } from "../resources/environments/environments";
import type { Run } from "../resources/runs/runs";
import type { World } from "../world";

/** A process's environment variables. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** The variables that a run inherits from this machine. All others come from dbt Cloud. */
const TAKEN_OVER = ["PATH", "HOME", "LANG"];

/** The whole environment of a run's dbt processes. */
export function dbtEnvironment(
  world: World,
  run: Run,
  folder: RunFolder,
  machine: ProcessEnvironment,
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  const taken = TAKEN_OVER.flatMap((name) => (machine[name] === undefined ? [] : [[name, machine[name]] as const]));
  return {
    ...Object.fromEntries(taken),
    ...variables,
    ...dbtCloudVariables(world, run),
    DBT_PROFILES_DIR: folder.profile,
    DBT_TARGET_PATH: folder.target,
    DBT_LOG_PATH: folder.dbtLogs,
    DBT_USE_COLORS: "false",
    DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
    PYTHONUNBUFFERED: "1",
  };
}

/**
 * The variables that dbt Cloud sets for every run. dbt writes the variables with the longer prefix to the metadata of its
 * artifacts, where Dagster reads the id of the run.
 */
function dbtCloudVariables(world: World, run: Run): Record<string, string> {
  const environment = environmentsOf(world).get(run.environment_id)!;
  const values = {
    ACCOUNT_ID: run.account_id,
    PROJECT_ID: run.project_id,
    ENVIRONMENT_ID: run.environment_id,
    ENVIRONMENT_NAME: environment.name,
    ENVIRONMENT_TYPE: environment.deployment_type ?? "other",
    JOB_ID: run.job_definition_id,
    RUN_ID: run.id,
    RUN_REASON: run.trigger.cause,
    RUN_REASON_CATEGORY: run.trigger.cause_category,
    GIT_BRANCH: run.git_branch ?? "",
    GIT_SHA: run.git_sha ?? "",
  };
  const prefixes = ["DBT_CLOUD_", "DBT_ENV_CUSTOM_ENV_DBT_CLOUD_"];
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => prefixes.map((prefix) => [`${prefix}${name}`, String(value)])),
  );
}
