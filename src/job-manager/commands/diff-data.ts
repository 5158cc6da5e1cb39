import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { dataDiff, type DataDiff } from "../../data-diff/data-diff";
import { DataDiffError } from "../../data-diff/data-diff-error";
import { sampleOf } from "../../data-diff/sample";
import { loadEnvironments } from "../../env-files/load";
import { ConfigurationError } from "../../env-files/problem";
import { readSettings } from "../../env-files/settings";
import { EXIT } from "../exit-codes";
import { dataDiffPage } from "../output/data-diff-page";
import { dataDiffMarkdown, dataDiffText, type DataDiffReport } from "../output/data-diff-text";
import type { ResultOf } from "../output/result-schemas";
import { jobsOfModels } from "../selectors/model-jobs";
import { DbtError } from "../selectors/resolve";
import { resolveJobs } from "../selectors/resolved-jobs";
import { CommandError, type CommandResult, type OfflineDependencies } from "./command";

export interface DiffDataOptions {
  /** The folder of the project. */
  readonly project: string;
  /** The branch or commit to compare with. */
  readonly base: string;
  /**
   * The models to build and compare, in dbt's selection syntax.
   *
   * @default - all models
   */
  readonly select?: readonly string[];
  /**
   * A DuckDB file with the source tables.
   *
   * @default - the sample data
   */
  readonly sources?: string;
  /**
   * A target of dbt/profiles.yml from which a sample of the source tables is taken.
   *
   * @default - no sample: `sources`
   */
  readonly sample?: string;
  /**
   * The percentage of the customers that are in the sample.
   *
   * @default 10
   */
  readonly samplePercent?: number;
  /**
   * The file that gets the difference as a page.
   *
   * @default - no page is written
   */
  readonly html?: string;
  /** Whether the text is Markdown. */
  readonly markdown: boolean;
  /** Whether a mart that differs ends the command with exit code 2. */
  readonly exitCode: boolean;
}

const SAMPLE_PERCENT = 10;

/** The surroundings of the command. */
export interface DiffDataDependencies extends OfflineDependencies {
  /** Shows the present step. */
  readonly say: (message: string) => void;
}

/**
 * Describes what the changes of a branch do to the figures: it builds the dbt project on DuckDB as it was and as it is, and
 * compares every mart by its key.
 *
 * @throws CommandError when git does not know the base, or a build fails
 */
export function diffData(options: DiffDataOptions, dependencies: DiffDataDependencies): CommandResult {
  const { project, base, select, html, markdown, exitCode } = options;
  const { env, say, now } = dependencies;
  const root = resolve(project);
  const diff = attempt(() => dataDiff({ root, base, select, sources: sourcesOf(options, dependencies), env, say }));
  const report = { ...diff, jobs: jobsOf(diff, root, env) };
  if (html !== undefined) writeFileSync(html, dataDiffPage(report, now));
  const isDifferent = diff.marts.length + diff.contracts.length + diff.failures.length > 0;
  return {
    exitCode: exitCode && isDifferent ? EXIT.onRequest : EXIT.ok,
    text: markdown ? dataDiffMarkdown(report) : dataDiffText(report),
    json: asJson(report),
  };
}

function sourcesOf(options: DiffDataOptions, { env, say }: DiffDataDependencies): string | undefined {
  const { project, sources, sample: target, samplePercent = SAMPLE_PERCENT } = options;
  if (target === undefined) return sources;
  say(`Taking a sample of ${samplePercent} % of the customers from ${target}`);
  const root = resolve(project);
  const file = sampleOf({ root, folder: join(root, "dbt/target/diff-data"), target, percent: samplePercent, env, say });
  say(`The sample is in ${file}; --sources takes it again`);
  return file;
}

/** The jobs of the environments that Terraform applies, for the marts that differ. */
function jobsOf({ marts }: DataDiff, root: string, env: OfflineDependencies["env"]): DataDiffReport["jobs"] {
  if (marts.length === 0) return { value: new Map() };
  try {
    const environments = loadEnvironments([join(root, "environments")], readSettings(env));
    const applied = environments.filter(({ applied_by }) => applied_by === "terraform");
    const names = marts.map(({ name }) => name);
    return { value: jobsOfModels(names, resolveJobs(applied, { root, env }).environments) };
  } catch (error) {
    if (error instanceof DbtError || error instanceof ConfigurationError) {
      return { unknown: error.message.split("\n")[0]! };
    }
    throw error;
  }
}

function asJson({ jobs, ...diff }: DataDiffReport): ResultOf<"diff-data"> {
  return {
    ...diff,
    jobs: "value" in jobs ? Object.fromEntries(jobs.value) : null,
    jobs_unknown: "unknown" in jobs ? jobs.unknown : null,
  };
}

function attempt(make: () => DataDiff): DataDiff {
  try {
    return make();
  } catch (error) {
    if (error instanceof DataDiffError) throw new CommandError(EXIT.failed, error.message.split("\n"));
    throw error;
  }
}
