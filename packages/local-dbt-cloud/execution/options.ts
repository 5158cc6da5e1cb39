import type { Job } from "../resources/jobs/jobs";
import type { ProcessEnvironment } from "./dbt-environment";

/** What executions are made with. */
export interface ExecutionOptions {
  /** The folder of all runs. */
  readonly runs: string;
  /** The folder of the DuckDB files, one an environment. */
  readonly warehouses: string;
  /** The folder of the dbt project's repository. */
  readonly repo: string;
  /** The DuckDB file of source rows, attached read-only. */
  readonly sources: string | undefined;
  /** The environment variables of a job's runs. */
  readonly variablesOf: (job: Job) => Readonly<Record<string, string>>;
  /** The environment of this process. */
  readonly machine: ProcessEnvironment;
  /** Milliseconds between asking dbt to end and making it end. */
  readonly patience: number;
}
