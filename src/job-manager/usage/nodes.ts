import type { NodeResult } from "../../dbt-cloud/runs";
import { groupedBy } from "../../jobs/grouped";
import { durationsIn, type Durations } from "../run-history/attainment";
import type { MeasuredRun } from "./measured-run";

/** A model with its durations. */
export interface SlowModel {
  readonly model: string;
  readonly durations: Durations;
  /** The sum of the seconds in all runs. */
  readonly seconds: number;
}

/** A test with its results. */
export interface TestRecord {
  readonly test: string;
  readonly runs: number;
  readonly failures: number;
  /** How often the result differed from the one before it. */
  readonly changes: number;
}

/** With fewer results, a test that never failed says little. */
const RUNS_FOR_ALWAYS = 10;
/** A test that fails, and then passes again, has two changes. */
const CHANGES_OF_A_FLAP = 2;
const FAILURES: readonly string[] = ["fail", "error", "runtime error"];

/** The successful models, with the most seconds of the warehouse first. */
export function slowestModels(runs: readonly MeasuredRun[]): SlowModel[] {
  return [...byNode(runs, "model.", ({ status }) => status === "success")]
    .map(([model, results]) => {
      const seconds = results.map((result) => result.seconds);
      return { model, durations: durationsIn(seconds)!, seconds: seconds.reduce((sum, one) => sum + one, 0) };
    })
    .sort((a, b) => b.seconds - a.seconds);
}

/** The tests that failed and passed again, the most changes first; and those that passed each of at least ten times. */
export function testRecords(runs: readonly MeasuredRun[]): { flapping: TestRecord[]; alwaysPassed: TestRecord[] } {
  const told = [...byNode(runs, "test.", ({ status }) => status !== "skipped")].map(([test, results]): TestRecord => {
    const failed = results.map(({ status }) => FAILURES.includes(status));
    return {
      test,
      runs: failed.length,
      failures: failed.filter(Boolean).length,
      changes: failed.filter((one, i) => i > 0 && one !== failed[i - 1]).length,
    };
  });
  return {
    flapping: told.filter(({ changes }) => changes >= CHANGES_OF_A_FLAP).sort((a, b) => b.changes - a.changes),
    alwaysPassed: told.filter(({ runs: count, failures }) => failures === 0 && count >= RUNS_FOR_ALWAYS),
  };
}

/** The results of each node of a kind, the oldest first. */
function byNode(
  runs: readonly MeasuredRun[],
  kind: string,
  counts: (result: NodeResult) => boolean,
): Map<string, NodeResult[]> {
  const results = [...runs].sort((a, b) => a.run.id - b.run.id).flatMap((run) => run.results);
  return groupedBy(
    results.filter((result) => result.node.startsWith(kind) && counts(result)),
    ({ node }) => node,
  );
}

/** A node in two runs. */
export interface NodeDifference {
  readonly node: string;
  /** Undefined when the run did not have the node. */
  readonly before: NodeResult | undefined;
  readonly after: NodeResult | undefined;
}

/** The nodes of two runs, those with another status first, and then by the difference of their seconds. */
export function differencesOf(before: readonly NodeResult[], after: readonly NodeResult[]): NodeDifference[] {
  const [old, changed] = [before, after].map((results) => new Map(results.map((result) => [result.node, result])));
  return [...new Set([...old!.keys(), ...changed!.keys()])]
    .map((node) => ({ node, before: old!.get(node), after: changed!.get(node) }))
    .sort((a, b) => Number(hasOtherStatus(b)) - Number(hasOtherStatus(a)) || Math.abs(delay(b)) - Math.abs(delay(a)));
}

/** How many more seconds the later run took for a node. */
export function delay({ before, after }: NodeDifference): number {
  return (after?.seconds ?? 0) - (before?.seconds ?? 0);
}

/** Whether a node has another status in the later run, or is only in one of the runs. */
export function hasOtherStatus({ before, after }: NodeDifference): boolean {
  return before?.status !== after?.status;
}
