import type { Job } from "../resources/jobs/jobs";
import type { ProcessEnvironment } from "./dbt-environment";
import type { Recording } from "./recording";

/** The options of all executions of runs. */
export interface ExecutionOptions {
  /** The folder of all runs. */
  readonly runs: string;
  /** The folder of the DuckDB files, one for each environment. */
  readonly warehouses: string;
  /** The folder of the dbt project's repository. */
  readonly repo: string;
  /** The file of the program that runs as dbt; undefined finds one by `findDbt`. */
  readonly dbt: string | undefined;
  /** The DuckDB file of source rows, attached read-only. */
  readonly sources: string | undefined;
  /** The durations and results that replace dbt; undefined runs dbt. */
  readonly recording: Recording | undefined;
  /** The environment variables of a job's runs. */
  readonly variablesOf: (job: Job) => Readonly<Record<string, string>>;
  /** The environment of this process. */
  readonly machine: ProcessEnvironment;
  /** Milliseconds between SIGTERM and SIGKILL when a run is cancelled. */
  readonly patience: number;
}
