import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** A question for dbt: what a step selects. */
export interface Selection {
  /** Arguments of `dbt list`: `["--select", "tag:core"]`. */
  readonly arguments: readonly string[];
  /** The value of `--vars`; null without it. */
  readonly vars: string | null;
  /** The environment variables of the step's job that start with `DBT_`. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What dbt selects. */
export interface Answer {
  /** The manifest.json of the project, with the job's environment variables. */
  readonly manifest: string;
  /** The ids of the selected objects. */
  readonly selected: readonly string[];
  /** The criteria that match nothing: `tag:cor`. */
  readonly unmatched: readonly string[];
  /** dbt's message, when it refused the selection or the project; else null. */
  readonly error: string | null;
}

/** The answers of dbt, in the order of the questions. */
export interface Answers {
  readonly answers: readonly Answer[];
  /** The seconds that dbt took after it had parsed the project. */
  readonly seconds: number;
}

export interface DbtRequest {
  /** The root of the repository; its folder `dbt` has the dbt project. */
  readonly root: string;
  /**
   * A dbt program, which answers each question with `dbt list`.
   *
   * @default - the dbt of .venv answers all questions in one process, if it can
   */
  readonly program?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** dbt cannot answer. The message is for a person. */
export class DbtError extends Error {
  override readonly name = "DbtError";
}

const PROJECT = "dbt";
const MAXIMUM_BYTES = 2 ** 28;
const LINES_OF_ERROR = 25;
/** The exit code of resolve.py with a dbt that it does not know. */
const OTHER_INTERFACE = 3;
/** The program is beside this file, or beside its source when this file is compiled into dist/. */
const RESOLVE = [
  join(__dirname, "resolve.py"),
  join(__dirname, "../../../../src/job-manager/selectors/resolve.py"),
].find((file) => existsSync(file))!;

const answersSchema = z.object({
  seconds: z.number(),
  answers: z.array(
    z.object({
      manifest: z.string(),
      selected: z.array(z.string()),
      unmatched: z.array(z.string()),
      error: z.string().nullable(),
    }),
  ),
});

/**
 * Asks dbt what steps select. Equal questions are asked once. The parsed project is kept in `dbt/target/validate` for the next time.
 *
 * @throws DbtError when dbt is missing, or the project cannot be parsed
 */
export function resolveSelections(selections: readonly Selection[], request: DbtRequest): Answers {
  const unique = [...new Map(selections.map((selection) => [JSON.stringify(selection), selection])).entries()];
  const { seconds, answers } = ask(
    unique.map(([, selection]) => selection),
    request,
  );
  const byQuestion = new Map(unique.map(([question], i) => [question, answers[i]!]));
  return { seconds, answers: selections.map((selection) => byQuestion.get(JSON.stringify(selection))!) };
}

function ask(selections: readonly Selection[], request: DbtRequest): Answers {
  const { root, program } = request;
  const project = join(root, PROJECT);
  if (!existsSync(join(project, "dbt_project.yml"))) throw new DbtError(`there is no dbt project in ${project}`);
  if (program !== undefined) return askEach(program, selections, request);
  const bin = join(root, ".venv", "bin");
  if (!existsSync(join(bin, "dbt"))) {
    throw new DbtError(
      "dbt is not in .venv; run `npm run python:setup` first, or name a dbt with --dbt-program PROGRAM",
    );
  }
  const folder = folderOf(request);
  const { status, stdout, stderr } = spawnSync(join(bin, "python"), [RESOLVE], {
    cwd: project,
    input: JSON.stringify({ folder, steps: selections }),
    encoding: "utf8",
    maxBuffer: MAXIMUM_BYTES,
    env: environmentOf(request),
  });
  if (status === OTHER_INTERFACE) return askEach(join(bin, "dbt"), selections, request);
  if (status !== 0) throw new DbtError(`dbt cannot resolve the steps\n${lastLines(stderr)}`);
  return answersSchema.parse(JSON.parse(stdout));
}

/** Every dbt has the command `list`, but it parses the project each time. */
function askEach(program: string, selections: readonly Selection[], request: DbtRequest): Answers {
  const start = performance.now();
  const answers = selections.map((selection) => askList(program, selection, request));
  return { answers, seconds: (performance.now() - start) / 1000 };
}

function askList(program: string, selection: Selection, request: DbtRequest): Answer {
  const target = join(folderOf(request), `list-${shortHash(JSON.stringify([selection.variables, selection.vars]))}`);
  const vars = selection.vars === null ? [] : ["--vars", selection.vars];
  const output = ["--output", "json", "--output-keys", "unique_id"];
  const { status, stdout, stderr, error } = spawnSync(
    program,
    ["list", ...output, "--target-path", target, ...vars, ...selection.arguments],
    {
      cwd: join(request.root, PROJECT),
      encoding: "utf8",
      maxBuffer: MAXIMUM_BYTES,
      env: { ...environmentOf(request), ...selection.variables, DBT_LOG_PATH: join(target, "logs") },
    },
  );
  if (error)
    throw new DbtError(`${program} does not start: ${error.message}; name another dbt with --dbt-program PROGRAM`);
  const manifest = join(target, "manifest.json");
  const lines = stdout.split("\n");
  if (!existsSync(manifest)) throw new DbtError(`dbt cannot parse the project\n${lastLines(`${stdout}${stderr}`)}`);
  return {
    manifest,
    selected: lines.flatMap(idIn),
    unmatched: lines.flatMap((line) => /selection criterion '(.+)' does not match/.exec(line)?.[1] ?? []),
    error: status === 0 ? null : lastLines(`${stdout}${stderr}`),
  };
}

/** The id in a line of `dbt list`; none in a line of its log. */
function idIn(line: string): string[] {
  if (!line.startsWith("{")) return [];
  try {
    const found = z.object({ unique_id: z.string() }).safeParse(JSON.parse(line));
    return found.success ? [found.data.unique_id] : [];
  } catch {
    return [];
  }
}

function folderOf({ root }: DbtRequest): string {
  return join(root, PROJECT, "target", "validate");
}

function environmentOf({ env }: DbtRequest): NodeJS.ProcessEnv {
  return { ...env, NO_COLOR: "1", DBT_SEND_ANONYMOUS_USAGE_STATS: "false", PYTHONDONTWRITEBYTECODE: "1" };
}

function lastLines(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .slice(-LINES_OF_ERROR)
    .map((line) => `  ${line}`)
    .join("\n");
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
