import type { EnvironmentDefinition } from "../env-files/definition";
import { applySchema, type EnvironmentDraft } from "../env-files/draft";
import { isFolder, readEnvironmentFiles, type EnvironmentFile } from "../env-files/env-files";
import { checkEnvironments, withSettings, type LoadSettings } from "../env-files/load";
import { ConfigurationError, inReadingOrder, type Problem } from "../env-files/problem";
import { readYaml } from "../env-files/yaml-source";

/** The env file that gets the adopted jobs. */
export interface EnvFileTarget {
  readonly file: string;
  readonly text: string;
  /** The environment of the file. It may have no job yet. */
  readonly environment: EnvironmentDraft & Required<Pick<EnvironmentDefinition, "name" | "team" | "applied_by">>;
  /** The file's `defaults`, as they are written. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The environments of all env files in the folder, also this one. */
  readonly environments: readonly Pick<EnvironmentDraft, "name" | "environment">[];
  /** The problems that the file has with another text, together with the other files of its folder. */
  readonly problemsOf: (text: string) => readonly Problem[];
}

/**
 * Reads the env file that gets the adopted jobs. Unlike other commands, it accepts `jobs: {}`.
 *
 * @throws ConfigurationError with all problems of the file
 */
export function openEnvFile(file: string, settings: LoadSettings): EnvFileTarget {
  if (isFolder(file)) throw new ConfigurationError([notOneFile(file)]);
  const { files, problems: unread } = readEnvironmentFiles([file]);
  const own = files.find(({ context }) => !context);
  if (!own) throw new ConfigurationError(inReadingOrder(unread));
  const beside = files.filter(({ context }) => context);
  const checked = (bytes: Uint8Array): ReturnType<typeof checkEnvironments> =>
    checkEnvironments([{ file, bytes } satisfies EnvironmentFile, ...beside], settings);

  const { yaml } = readYaml(file, own.bytes);
  const result = checked(own.bytes);
  const data = (yaml?.data ?? {}) as { jobs?: object | null; defaults?: Record<string, unknown> };
  const isEmpty = data.jobs != null && Object.keys(data.jobs).length === 0;
  const problems = result.problems.filter(({ path }) => !(isEmpty && path === "jobs"));
  if (problems.length > 0) throw new ConfigurationError(inReadingOrder(problems));
  const schema = withSettings(applySchema(data), settings);
  if (!("definition" in schema)) throw new Error("the schema refuses a file without problems");
  const environment = schema.definition;
  return {
    file,
    text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(own.bytes),
    environment,
    defaults: data.defaults ?? {},
    environments: [environment, ...result.beside],
    problemsOf: (text) => checked(new TextEncoder().encode(text)).problems,
  };
}

function notOneFile(file: string): Problem {
  return {
    file,
    path: "",
    reason: "it is a folder of env files",
    allowed: "the env file that gets the jobs",
    fix: `name a file, such as ${file.replace(/\/*$/, "/prod.yaml")}`,
  };
}
