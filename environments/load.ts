import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentDefinition } from "./definition";
import { applySchema, type SchemaResult } from "./draft";
import { inShort, pathText, type Finding } from "./finding";
import { ConfigurationError, inReadingOrder, type Problem } from "./problem";
import type { Refusal } from "../jobs/refusal";
import { rules } from "./rules";
import type { FileFinding, Source } from "./rules/rule";
import type { Settings } from "./settings";
import { readYaml, type YamlSource } from "./yaml-source";

/** The part of the settings that env files are held against. */
export type LoadSettings = Pick<Settings, "projectId" | "environmentId" | "team">;

/** An env file's text. */
export interface EnvironmentFile {
  /** The name by which errors call it, as the person would type it. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads env files and returns their environments, in the order of the files.
 *
 * @param paths files, or folders of which every `.yaml` and `.yml` file is read in the order of names
 * @throws ConfigurationError with all problems of all files
 */
export function loadEnvironments(paths: readonly string[], settings: LoadSettings): EnvironmentDefinition[] {
  const problems: Problem[] = [];
  const files = paths.flatMap((path) => {
    const found = readFiles(path);
    if (Array.isArray(found)) return found;
    problems.push(found);
    return [];
  });
  const loaded = checkEnvironments(files, settings);
  problems.push(...loaded.problems);
  if (problems.length > 0) throw new ConfigurationError(inReadingOrder(problems));
  return loaded.environments;
}

/**
 * Checks the texts of env files together.
 *
 * @returns the environments in the order of the files when there is no problem, else every problem
 */
export function checkEnvironments(
  files: readonly EnvironmentFile[],
  settings: LoadSettings,
): { environments: EnvironmentDefinition[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const read: { source: YamlSource; result: SchemaResult }[] = [];
  for (const { file, bytes } of files) {
    const source = readYaml(file, bytes);
    if (!("data" in source)) {
      problems.push(...source);
      continue;
    }
    const result = withSettings(applySchema(source.data), settings);
    read.push({ source, result });
    if ("findings" in result) problems.push(...result.findings.map((finding) => placed(source, finding)));
  }
  const drafts = read.map(({ source, result }) => ({
    file: source.file,
    environment: "definition" in result ? result.definition : result.draft,
  }));
  const sources = new Map(read.map(({ source }) => [source.file, source]));
  for (const finding of [...rules.flatMap((rule) => [...rule.check(drafts)]), ...againstSettings(drafts, settings)]) {
    problems.push(placed(sources.get(finding.file)!, finding));
  }
  return {
    environments:
      problems.length > 0 ? [] : read.flatMap(({ result }) => ("definition" in result ? [result.definition] : [])),
    problems,
  };
}

function readFiles(path: string): EnvironmentFile[] | Problem {
  try {
    if (!statSync(path).isDirectory()) return [{ file: path, bytes: readFileSync(path) }];
    const names = readdirSync(path).filter((name) => /\.ya?ml$/.test(name));
    if (names.length > 0) {
      return names.sort().map((name) => ({ file: join(path, name), bytes: readFileSync(join(path, name)) }));
    }
    return unreadable(path, "the folder has no env file", "a folder with .yaml files");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === "ENOENT" ? "there is no such file or folder" : `it cannot be read (${code ?? "unknown reason"})`;
    return unreadable(path, reason, "an env file, or a folder with .yaml files");
  }
}

function unreadable(file: string, reason: string, allowed: string): Problem {
  return { file, path: "", reason, allowed, fix: "check the path; the files of this project are in environments/" };
}

function placed(source: YamlSource, { at = "value", path, got, reason, allowed, fix }: Finding): Problem {
  return {
    file: source.file,
    ...source.positionOf(path, at),
    path: pathText(path),
    got: inShort(got),
    reason,
    allowed,
    fix,
  };
}

/** Files that the API applies are templates: project, team and environment may come from env vars. */
function withSettings(result: SchemaResult, settings: LoadSettings): SchemaResult {
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

/** In files that Terraform applies nothing is overridden: an env var that says otherwise is a mistake. */
function* againstSettings(drafts: readonly Source[], settings: LoadSettings): Iterable<FileFinding> {
  for (const { file, environment } of drafts) {
    const { applied_by, project, team } = environment;
    if (applied_by !== "terraform") continue;
    const projectId = project && "id" in project ? project.id : undefined;
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
    reason: `the env var ${variable} says ${value}, and a file that Terraform applies is not overridden`,
    allowed: `${variable} unset, or equal to the file`,
    fix: `unset ${variable}, or change the file`,
  };
}
