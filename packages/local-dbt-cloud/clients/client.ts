import { CLIENTS, HTTPS_CLIENTS } from "./variables";

/** A program of others that uses dbt Cloud, with our story of its use. */
export interface Client {
  /** Its name in `variables.ts`. */
  readonly name: string;
  /** The file of its story in `stories/`. */
  readonly story: string;
  /**
   * What pip installs for the story. It is empty for a client that the story looks for on PATH.
   */
  readonly requirements: readonly string[];
  /** The Python versions that the client supports, the preferred first, such as `3.12`. */
  readonly python: readonly string[];
  /** Whether it always uses https, so that the server needs `--tls`. */
  readonly isHttps: boolean;
}

const PYTHON = ["3.12", "3.11", "3.10"];

type Declared = Pick<Client, "story"> & Partial<Pick<Client, "requirements" | "python">>;

/** dbt-job-manager, our own client, is not here: the tests of this repository are its story. */
const STORIES: Readonly<Record<string, Declared>> = {
  terraform: { story: "terraform.py" },
  "dbtcloud-terraforming": { story: "terraforming.py" },
  "dbt-jobs-as-code": { story: "jobs_as_code.py", requirements: ["dbt-jobs-as-code==1.22.0"] },
  airflow: {
    story: "airflow_provider.py",
    requirements: ["apache-airflow-providers-dbt-cloud==4.11.1", "apache-airflow==3.3.2"],
  },
  dagster: { story: "dagster_workspace.py", requirements: ["dagster-dbt==0.29.27", "python-dateutil"] },
  // dbt-core 1.12 downloads its parser from another host when pip installs it.
  prefect: { story: "prefect_flow.py", requirements: ["prefect-dbt==0.7.25", "dbt-core<1.12"] },
  dbtc: { story: "dbtc_client.py", requirements: ["dbtc==0.11.7", "numpy<2", "pyarrow<18"] },
  "dbt-cloud-cli": { story: "dbt_cloud_cli.py", requirements: ["dbt-cloud-cli==0.9.1"] },
  "dbt-mcp": { story: "dbt_mcp_tools.py", requirements: ["dbt-mcp==2.8.0"], python: ["3.13", "3.12"] },
};

/** The clients that have a story. */
export const STORY_CLIENTS: readonly Client[] = CLIENTS.filter((name) => name in STORIES).map((name) => ({
  name,
  requirements: [],
  python: PYTHON,
  ...STORIES[name]!,
  isHttps: HTTPS_CLIENTS.includes(name),
}));
