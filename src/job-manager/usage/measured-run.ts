import type { NodeResult, Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";

/** A run with what it built and how long the warehouse worked. */
export interface MeasuredRun {
  readonly run: Run;
  /** The name of the environment. */
  readonly environment: string;
  /** Undefined for a run of a job that the env file does not have. */
  readonly key: string | undefined;
  /** When the run was created, in milliseconds since the epoch. */
  readonly at: number;
  /** Whether a schedule, or the end of another job, started it. */
  readonly isPlanned: boolean;
  readonly results: readonly NodeResult[];
  /** The successful models built. */
  readonly models: number;
  /** The sum of the seconds of all nodes. */
  readonly seconds: number;
}

const PLANNED: readonly (string | null | undefined)[] = ["scheduled", "job completion"];
const BUILDING: readonly string[] = ["build", "run", "retry", ""];

/** Measures a run. */
export function measured(
  run: Run,
  results: readonly NodeResult[],
  { environment, key }: Pick<MeasuredRun, "environment" | "key">,
): MeasuredRun {
  return {
    run,
    environment,
    key,
    at: timeOf(run.created_at) ?? 0,
    isPlanned: PLANNED.includes(run.trigger?.cause_category),
    results,
    models: results.filter(isBuiltModel).length,
    seconds: secondsIn(results),
  };
}

/** Whether a result is a successful model built, which dbt Cloud counts for the plan: no test, seed or snapshot, and no compilation. */
function isBuiltModel({ node, status, command }: NodeResult): boolean {
  return node.startsWith("model.") && status === "success" && BUILDING.includes(command);
}

/** The sum of the seconds of results. */
function secondsIn(results: readonly NodeResult[]): number {
  return results.reduce((sum, { seconds }) => sum + seconds, 0);
}
