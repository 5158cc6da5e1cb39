import { referencedId } from "../jobs/reference";
import type { Refusal } from "../jobs/refusal";
import type { EnvironmentDefinition } from "./definition";
import { applySchema, writtenAt, type SchemaResult } from "./draft";
import { isFolder, readEnvironmentFiles, type EnvironmentFile } from "./env-files";
import { inShort, pathText, type Finding } from "./finding";
import { ConfigurationError, inReadingOrder, type Problem } from "./problem";
import { rules } from "./rules";
import type { FileFinding, Source } from "./rules/rule";
import type { Settings } from "./settings";
import { readYaml, type KeyPath, type YamlSource } from "./yaml-source";

/** The path of the file that declares an environment. */
export type FileOf = ReadonlyMap<EnvironmentDefinition, string>;

/** Adds the place in the file to a finding about an environment. */
type Place = (environment: EnvironmentDefinition, finding: Finding) => Problem;

/** The settings that env files are compared with. */
export type LoadSettings = Pick<Settings, "projectId" | "environmentId" | "team">;

/**
 * Reads env files and returns their environments, in the order of the files.
 *
 * @param paths files, or folders of which every `.yaml` and `.yml` file is read in the order of names
 * @throws ConfigurationError with all problems of all files
 */
export function loadEnvironments(paths: readonly string[], settings: LoadSettings): EnvironmentDefinition[] {
  return loadPlaceable(paths, settings).environments;
}

/**
 * Reads env files as {@link loadEnvironments} does, for a command that finds more problems in them.
 *
 * @returns the environments, their files, and a function that adds the place in the file to a finding about an environment
 * @throws ConfigurationError with all problems of all files
 */
export function loadPlaceable(
  paths: readonly string[],
  settings: LoadSettings,
): { environments: EnvironmentDefinition[]; fileOf: FileOf; placeIn: Place } {
  const { files, problems: unread } = readEnvironmentFiles(paths);
  const { environments, fileOf, problems, placeIn } = checkEnvironments(files, settings);
  if (unread.length + problems.length > 0) throw new ConfigurationError(inReadingOrder([...unread, ...problems]));
  return { environments, fileOf, placeIn };
}

/**
 * Reads one env file. The files in the same folder are the environments that it can refer to.
 *
 * @returns the environment, the environments of the other files without problems, and the files of all environments
 * @throws ConfigurationError with all problems of the file
 */
export function loadEnvironment(
  file: string,
  settings: LoadSettings,
): { environment: EnvironmentDefinition; beside: EnvironmentDefinition[]; fileOf: FileOf } {
  if (isFolder(file)) throw new ConfigurationError([notOneFile(file)]);
  const { files, problems: unread } = readEnvironmentFiles([file]);
  const { environments, beside, fileOf, problems } = checkEnvironments(files, settings);
  const [environment] = environments;
  if (!environment) throw new ConfigurationError(inReadingOrder([...unread, ...problems]));
  return { environment, beside, fileOf };
}

function notOneFile(file: string): Problem {
  return {
    file,
    path: "",
    reason: "it is a folder of env files",
    allowed: "one env file",
    fix: `name a file, such as ${file.replace(/\/*$/, "/dev.yaml")}`,
  };
}

/**
 * Checks the texts of env files together.
 *
 * @returns the environments in file order if there is no problem, else all problems; and the environments of the other
 *   files of the folder without problems
 */
export function checkEnvironments(
  files: readonly EnvironmentFile[],
  settings: LoadSettings,
): {
  environments: EnvironmentDefinition[];
  beside: EnvironmentDefinition[];
  fileOf: FileOf;
  problems: Problem[];
  placeIn: Place;
} {
  const checked = files.map((file) => checkFile(file, settings));
  const sources = checked.map(({ source }) => source);
  const found = [...rules.flatMap((rule) => [...rule.check(sources)]), ...againstSettings(sources, settings)];
  const problems = checked.flatMap(({ file, source, yaml, findings, problems: own }) => {
    if (file.context) return [];
    const broken = found.filter((finding) => finding.file === source.file && !isRedundant(finding, findings));
    return [...own, ...(yaml ? onePerPlace(broken.map((finding) => placed(yaml, finding))) : [])];
  });
  const those = (isContext: boolean): EnvironmentDefinition[] =>
    checked.flatMap(({ file, definition }) =>
      definition && (file.context ?? false) === isContext ? [definition] : [],
    );
  const fileOf: FileOf = new Map(
    checked.flatMap(({ file, definition }) => (definition ? [[definition, file.file] as const] : [])),
  );
  const placeIn: Place = (environment, finding) =>
    placed(checked.find(({ definition }) => definition === environment)!.yaml!, finding);
  return { environments: problems.length > 0 ? [] : those(false), beside: those(true), fileOf, problems, placeIn };
}

interface CheckedFile {
  readonly file: EnvironmentFile;
  /** Absent if the text is not readable. */
  readonly yaml?: YamlSource;
  /** Absent if the schema refused a value. */
  readonly definition?: EnvironmentDefinition;
  readonly source: Source;
  /** The findings of the schema. */
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
}

function checkFile(file: EnvironmentFile, settings: LoadSettings): CheckedFile {
  const { yaml, problems } = readYaml(file.file, file.bytes);
  if (!yaml) {
    const source: Source = { file: file.file, environment: { jobs: {} }, isRefused: () => true };
    return { file, source, findings: [], problems };
  }
  const result = withSettings(applySchema(yaml.data), settings);
  const findings = "findings" in result ? result.findings : [];
  const source: Source = {
    file: file.file,
    environment: "definition" in result ? result.definition : result.draft,
    isRefused: (path) => findings.some((finding) => concerns(finding, path)),
  };
  return {
    file,
    yaml,
    definition: "definition" in result ? result.definition : undefined,
    source,
    findings,
    problems: [...problems, ...findings.map((finding) => placed(yaml, finding))],
  };
}

/** Whether the schema already refused the same value, or the whole file. */
function isRedundant({ path }: Finding, findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.path.length === 0 || pathText(finding.path) === pathText(path));
}

/** Whether a finding is about a path, a part of it, or a misspelling of it. */
function concerns({ path, meant }: Finding, other: KeyPath): boolean {
  return [path, meant].some((own) => own !== undefined && other.every((step, i) => own[i] === step));
}

/** The schema checks a value of `defaults` in each job, but the value has one place in the file. */
function onePerPlace(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.path}: ${problem.reason}`, problem])).values()];
}

function placed(yaml: YamlSource, { at = "value", path, got, reason, allowed, fix }: Finding): Problem {
  const written = writtenAt(yaml.data, path);
  return {
    file: yaml.file,
    ...yaml.positionOf(written, at),
    path: pathText(written),
    got: inShort(got),
    reason,
    allowed,
    fix,
  };
}

/** Replaces the project, the team and the environment of a file that the API applies with those of env vars. */
export function withSettings(result: SchemaResult, settings: LoadSettings): SchemaResult {
  if (!("definition" in result) || result.definition.applied_by !== "api") return result;
  const { definition } = result;
  return {
    definition: {
      ...definition,
      team: settings.team ?? definition.team,
      project: settings.projectId === undefined ? definition.project : { id: settings.projectId },
      environment: settings.environmentId === undefined ? definition.environment : { id: settings.environmentId },
    },
  };
}

/** Env vars cannot override a file that Terraform applies. A different value is an error. */
function* againstSettings(drafts: readonly Source[], settings: LoadSettings): Iterable<FileFinding> {
  for (const { file, environment } of drafts) {
    const { applied_by, project, team } = environment;
    if (applied_by !== "terraform") continue;
    const projectId = referencedId(project);
    if (settings.projectId !== undefined && projectId !== undefined && settings.projectId !== projectId) {
      yield { file, path: ["project", "id"], got: projectId, ...differs("PROJECT_ID", settings.projectId) };
    }
    if (settings.team !== undefined && team !== undefined && settings.team !== team) {
      yield { file, path: ["team"], got: team, ...differs("TEAM_NAME", settings.team) };
    }
  }
}

function differs(variable: string, value: string | number): Refusal {
  return {
    reason: `the env var ${variable} is ${value}, and it cannot override a file that Terraform applies`,
    allowed: `${variable} unset, or equal to the file`,
    fix: `unset ${variable}, or change the file`,
  };
}
