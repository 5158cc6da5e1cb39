import type { World } from "../../world";
import { environmentsOf } from "../environments/environments";
import type { Connection } from "./connections";

/** Keys of credentials. A client that sends them with a connection does not get them back. */
const SECRET_EVERYWHERE: readonly string[] = ["password", "private_key", "private_key_passphrase", "token"];

/** Keys that dbt Cloud never answers, as the Terraform provider 1.12.5 lists them (`global_connection/common.go`). */
const SECRETS: Partial<Record<Connection["adapter_version"], readonly string[]>> = {
  bigquery_v0: ["application_id", "application_secret"],
  bigquery_v1: ["application_id", "application_secret"],
  databricks_v0: ["client_id", "client_secret"],
  snowflake_v0: ["oauth_client_id", "oauth_client_secret"],
};

const DATABASE = ["dbname"];
const BIGQUERY = [
  "job_execution_timeout_seconds",
  "priority",
  "location",
  "maximum_bytes_billed",
  "execution_project",
  "impersonate_service_account",
  "job_retry_deadline_seconds",
  "job_creation_timeout_seconds",
  "gcs_bucket",
  "dataproc_region",
  "dataproc_cluster_name",
  "deployment_env_auth_type",
];

/** The Terraform provider 1.12.5 panics when a connection lacks one of these keys, so they default to null. */
const NULLABLE: Partial<Record<Connection["adapter_version"], readonly string[]>> = {
  apache_spark_v0: ["organization", "user", "auth"],
  athena_v0: [
    "work_group",
    "spark_work_group",
    "s3_data_dir",
    "s3_data_naming",
    "s3_tmp_table_dir",
    "poll_interval",
    "num_retries",
    "num_boto3_retries",
    "num_iceberg_retries",
  ],
  bigquery_v0: BIGQUERY,
  bigquery_v1: BIGQUERY,
  databricks_v0: ["catalog"],
  postgres_v0: DATABASE,
  redshift_v0: DATABASE,
  snowflake_v0: ["role"],
};

/** A connection as it is answered: without the secrets of its configuration, and with its nullable keys. */
export function connectionAnswer(connection: Connection): Connection & Readonly<Record<string, unknown>> {
  const secrets = [...SECRET_EVERYWHERE, ...(SECRETS[connection.adapter_version] ?? [])];
  const nulls = (NULLABLE[connection.adapter_version] ?? []).map((key) => [key, null] as const);
  const config = [...nulls, ...Object.entries(connection.config)].filter(([key]) => !secrets.includes(key));
  return { ...connection, oauth_redirect_uri: null, config: Object.fromEntries(config) };
}

/** A connection as a list answers it: without its configuration, and with the number of environments that use it. */
export function connectionListItem(
  world: World,
  connection: Connection,
): Omit<Connection, "config"> & Readonly<Record<string, unknown>> {
  const users = environmentsOf(world)
    .all()
    .filter(({ state, connection_id }) => state === 1 && connection_id === connection.id);
  return { ...connection, config: null, environment__count: users.length };
}
