import { resolve } from "node:path";
import { environmentsAtBase, UnknownBaseError } from "../../env-files/at-base";
import type { EnvironmentDefinition } from "../../env-files/definition";
import { loadEnvironments } from "../../env-files/load";
import { readSettings } from "../../env-files/settings";
import { changedJobs, effectsOf } from "../../simulation/change";
import { jobsOf, type SimulatedEnvironment } from "../../simulation/environment";
import { forecast, type Trials } from "../../simulation/forecast";
import type { Experience } from "../../simulation/past-runs";
import { withChangedFile } from "../environment-named";
import { EXIT } from "../exit-codes";
import type { ResultOf } from "../output/result-schemas";
import { simulationJson } from "../output/simulate-json";
import { simulationMarkdown, simulationText, type Shown } from "../output/simulate-text";
import { pastRunsIn, pastRunsOf, type PastRuns } from "../run-history/past-runs";
import { checkKeys, connectTarget } from "../target";
import { CommandError, type CommandDependencies, type CommandResult, type OfflineDependencies } from "./command";

export interface SimulateOptions {
  /** The folder of the project. */
  readonly project: string;
  /** Env files or folders of them. */
  readonly files: readonly string[];
  /** An env file that replaces the one of the same environment. */
  readonly change?: string;
  /** A branch or commit: the files are compared with those of the commit at which the branch left it. */
  readonly base?: string;
  /** The length of the simulated period. */
  readonly days: number;
  readonly trials: number;
  readonly seed: number;
  /** The number of runs that each environment executes at the same time. */
  readonly slots: number;
  /**
   * The JSON file of past runs.
   *
   * @default - none: each run takes as long as `minutes` says
   */
  readonly history?: string;
  /** `KEY:N`, the minutes of each run of a job, or `N`, those of a job without past runs. */
  readonly minutes: readonly string[];
  /** `KEY:RATE`, the share of a job's runs that fails, in percent. */
  readonly fail: readonly string[];
  readonly markdown: boolean;
}

/** How long a run takes when nothing is known about its job. */
const DEFAULT_MINUTES = 10;
const DAY = 24 * 60 * 60 * 1000;
/** The past runs of dbt Cloud are those of this number of days. */
const HISTORY_DAYS = 30;

/**
 * Simulates the jobs of env files for some days, many times: which deadlines break and how often, the critical paths, and the use of
 * the run slots. With a change, it also says in a sentence what the change breaks.
 *
 * @throws ConfigurationError with all problems of the files
 * @throws CommandError when an option is not readable, or a change is of an environment that does not exist
 */
export function simulate(options: SimulateOptions, dependencies: OfflineDependencies): CommandResult {
  const environments = loadEnvironments(options.files, readSettings(dependencies.env));
  const pastRuns: PastRuns = options.history === undefined ? () => [] : pastRunsIn(options.history);
  return resultOf(environments, pastRuns, options, dependencies);
}

/**
 * Simulates as {@link simulate} does, with the durations and failures that the jobs had in dbt Cloud in the last 30 days.
 *
 * @throws ConfigurationError and CommandError as `simulate` does, and when an environment cannot be found in dbt Cloud
 */
export async function simulateFromCloud(
  options: SimulateOptions,
  dependencies: CommandDependencies,
): Promise<CommandResult> {
  const { env, now } = dependencies;
  const settings = readSettings(env);
  const environments = loadEnvironments(options.files, settings);
  const targets = environments.map((environment) =>
    connectTarget({ environment, beside: [], fileOf: new Map() }, settings, dependencies),
  );
  const period = { from: new Date(now.getTime() - HISTORY_DAYS * DAY), to: now };
  return resultOf(environments, await pastRunsOf(targets, period, env), options, dependencies);
}

function resultOf(
  environments: readonly EnvironmentDefinition[],
  pastRuns: PastRuns,
  options: SimulateOptions,
  dependencies: OfflineDependencies,
): CommandResult {
  const { days, trials, seed, slots } = options;
  const { today, changed } = versionsOf(environments, options, dependencies);
  const size: Trials = { period: daysFrom(dependencies.now, days), trials, seed };
  const asSimulated = (environments: readonly EnvironmentDefinition[]): SimulatedEnvironment[] =>
    environments.map(({ name, timezone, jobs }) => ({ name, timezone, jobs, slots }));
  const simulated = asSimulated(changed ?? today);
  const experience = experienceOf(options, pastRuns, [...today, ...(changed ?? [])]);
  const result = forecast(simulated, experience, size);
  const before = changed && forecast(asSimulated(today), experience, size);
  const shown: Shown = {
    ...size,
    forecast: result,
    assumed: { keys: assumedKeys(simulated, experience), seconds: experience.defaultSeconds },
    ...(before
      ? { change: { jobs: changedJobs(asSimulated(today), simulated), effects: effectsOf(before, result) } }
      : {}),
  };
  return {
    exitCode: EXIT.ok,
    text: options.markdown ? simulationMarkdown(shown) : simulationText(shown, dependencies),
    json: simulationJson(shown) satisfies ResultOf<"simulate">,
  };
}

/** The jobs that start by themselves, and of whose durations nothing is known. */
function assumedKeys(environments: readonly SimulatedEnvironment[], { pastRuns }: Experience): string[] {
  const jobs = jobsOf(environments).filter(({ definition: { schedule, run_after } }) => schedule ?? run_after);
  return [...new Set(jobs.filter((job) => pastRuns(job).length === 0).map(({ key }) => key))];
}

/** Whole days, from the next midnight in UTC on. */
function daysFrom(now: Date, days: number): Trials["period"] {
  const midnight = (Math.floor(now.getTime() / DAY) + 1) * DAY;
  return { from: new Date(midnight), to: new Date(midnight + days * DAY) };
}

interface Versions {
  readonly today: readonly EnvironmentDefinition[];
  /** Absent without a change. */
  readonly changed?: readonly EnvironmentDefinition[];
}

function versionsOf(
  environments: readonly EnvironmentDefinition[],
  { change, base, project }: SimulateOptions,
  dependencies: OfflineDependencies,
): Versions {
  if (change !== undefined)
    return { today: environments, changed: withChangedFile(environments, change, readSettings(dependencies.env)) };
  if (base !== undefined) return { today: environmentsBefore(environments, base, project), changed: environments };
  return { today: environments };
}

/** The environments of the same names at the base. */
function environmentsBefore(
  environments: readonly EnvironmentDefinition[],
  base: string,
  project: string,
): EnvironmentDefinition[] {
  const names = environments.map(({ name }) => name);
  const before = atBase(project, base);
  if (before.length > 0) return before.filter(({ name }) => names.includes(name));
  throw new CommandError(
    EXIT.configuration,
    `--base: the env files at the commit at which the branch left ${base} have problems, or there are none; compare with an ` +
      "earlier commit, or leave --base out",
  );
}

function atBase(project: string, base: string): EnvironmentDefinition[] {
  try {
    return environmentsAtBase(resolve(project), base);
  } catch (error) {
    if (error instanceof UnknownBaseError) throw new CommandError(EXIT.usage, `--base: ${error.message}`);
    throw error;
  }
}

function experienceOf(
  { minutes, fail }: SimulateOptions,
  pastRuns: PastRuns,
  environments: readonly EnvironmentDefinition[],
): Experience {
  const keys = [...new Set(environments.flatMap(({ jobs }) => Object.keys(jobs)))];
  const durations = new Map(minutes.map((text) => keyed("--minutes", text, /^(?:([^:]+):)?(\d+(?:\.\d+)?)$/, MINUTES)));
  const rates = new Map(fail.map((text) => keyed("--fail", text, /^([^:]+):(\d+(?:\.\d+)?)%?$/, RATE)));
  const named = [...durations.keys(), ...rates.keys()].filter((key) => key !== undefined);
  checkKeys(named, keys, "the env files");
  const secondsOf = (key: string | undefined): number | undefined => {
    const given = durations.get(key);
    return given === undefined ? undefined : given * 60;
  };
  return {
    pastRuns: ({ environment, key }) => {
      const seconds = secondsOf(key);
      const known = pastRuns(environment.name, key);
      if (seconds === undefined) return known;
      return (known.length > 0 ? known : [{ isSuccess: true }]).map(({ isSuccess }) => ({ seconds, isSuccess }));
    },
    defaultSeconds: secondsOf(undefined) ?? DEFAULT_MINUTES * 60,
    failureRate: ({ key }) => {
      const percent = rates.get(key);
      return percent === undefined ? undefined : percent / 100;
    },
  };
}

const MINUTES = { largest: 1440, form: "minutes from 0 to 1440, or KEY:MINUTES, such as --minutes attribution:45" };
const RATE = { largest: 100, form: "KEY:RATE with a rate from 0 to 100 percent, such as --fail attribution:5%" };

function keyed(
  option: string,
  text: string,
  pattern: RegExp,
  { largest, form }: typeof MINUTES,
): [key: string | undefined, value: number] {
  const [, key, number] = pattern.exec(text) ?? [];
  if (number === undefined || Number(number) > largest) {
    throw new CommandError(EXIT.usage, `${option} ${text} is not readable; write ${form}`);
  }
  return [key, Number(number)];
}
