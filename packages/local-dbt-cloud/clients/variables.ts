import type { ReadyLine } from "../ready-line";

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string>>;

type Server = Pick<ReadyLine, "url" | "token" | "account_id" | "project_ids" | "certificate">;

/** The variables of the Terraform provider, which other programs also read. */
const ofProvider = ({ url, token, account_id }: Server): Variables => ({
  DBT_CLOUD_HOST_URL: `${url}/api`,
  DBT_CLOUD_ACCOUNT_ID: String(account_id),
  DBT_CLOUD_TOKEN: token,
});

/** The variables of each client, by the client's name. Clients without variables of their own use those of their documentation. */
const VARIABLES: Readonly<Record<string, (server: Server) => Variables>> = {
  "dbt-job-manager": ({ url, token, account_id }) => ({
    DBTCLOUD_HOST_URL: url,
    DBTCLOUD_ACCOUNT_ID: String(account_id),
    DBTCLOUD_TOKEN: token,
    DBT_CLOUD_TOKEN: token,
  }),
  terraform: ofProvider,
  "dbtcloud-terraforming": ofProvider,
  "dbt-jobs-as-code": ({ url, token }) => ({ DBT_BASE_URL: url, DBT_API_KEY: token }),
  airflow: ({ url, token, account_id }) => ({
    AIRFLOW_CONN_DBT_CLOUD_DEFAULT: JSON.stringify({
      conn_type: "dbt_cloud",
      login: String(account_id),
      password: token,
      host: hostOf(url),
    }),
  }),
  dagster: ({ url, token, account_id }) => ({
    DBT_CLOUD_ACCESS_URL: url,
    DBT_CLOUD_ACCOUNT_ID: String(account_id),
    DBT_CLOUD_TOKEN: token,
  }),
  prefect: ({ url, token, account_id }) => ({
    DBT_CLOUD_DOMAIN: hostOf(url),
    DBT_CLOUD_ACCOUNT_ID: String(account_id),
    DBT_CLOUD_API_KEY: token,
  }),
  dbtc: ({ url, token, account_id }) => ({
    DBT_CLOUD_HOST: hostOf(url),
    DBT_CLOUD_ACCOUNT_ID: String(account_id),
    DBT_CLOUD_SERVICE_TOKEN: token,
  }),
  "dbt-cloud-cli": ({ url, token, account_id }) => ({
    DBT_CLOUD_HOST: hostOf(url),
    DBT_CLOUD_ACCOUNT_ID: String(account_id),
    DBT_CLOUD_API_TOKEN: token,
  }),
  "dbt-mcp": ({ url, token, account_id, project_ids }) => ({
    DBT_HOST: hostOf(url),
    DBT_ACCOUNT_ID: String(account_id),
    DBT_PROJECT_IDS: project_ids.join(","),
    DBT_TOKEN: token,
  }),
};

/** The clients that a server has variables for. */
export const CLIENTS: readonly string[] = Object.keys(VARIABLES);

/** Clients that always use https, so that the server needs `--tls`. */
export const HTTPS_CLIENTS: readonly string[] = ["airflow", "prefect", "dbtc", "dbt-cloud-cli", "dbt-mcp"];

/**
 * The environment variables with which a client uses a server. With `--tls`, they include those that make Node.js, Python
 * and Go trust the certificate.
 *
 * @param client a name of `CLIENTS`
 */
export function variablesFor(client: string, server: Server): Variables {
  const { certificate } = server;
  return {
    ...VARIABLES[client]!(server),
    ...(certificate !== null && {
      NODE_EXTRA_CA_CERTS: certificate,
      REQUESTS_CA_BUNDLE: certificate,
      SSL_CERT_FILE: certificate,
    }),
  };
}

/** Lines that a POSIX shell evaluates. */
export function exportLines(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoted(value)}`)
    .join("\n");
}

function quoted(value: string): string {
  return /^[\w./:@%+,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

function hostOf(url: string): string {
  return new URL(url).host;
}
