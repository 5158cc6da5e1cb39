import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { mergeBase } from "../git/history";
import { DataDiffError } from "./data-diff-error";
import { readManifest, type Manifest } from "./manifest";
import { readJson } from "./read-json";
import { sourcesOf, type Sources } from "./sources";

/** The project of a data diff, and where the builds are kept. */
export interface BuildRequest {
  /** The root of the git repository. */
  readonly root: string;
  /** The branch or commit to compare with: `origin/main`. */
  readonly base: string;
  /**
   * The models to build and compare, in dbt's selection syntax: `["marts.products", "tag:ltv"]`.
   *
   * @default - all models
   */
  readonly select?: readonly string[];
  /**
   * A DuckDB file with the source tables in the schema `dbt_production`.
   *
   * @default - the sample data
   */
  readonly sources?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Shows the present step. */
  readonly say: (message: string) => void;
}

/** The two builds. */
export interface Builds {
  /** The commit that the working tree is compared with: where the branch left the base. */
  readonly sha: string;
  /** The folder of the builds; the comparison may add folders. */
  readonly folder: string;
  readonly base: Build;
  readonly head: Build;
  /** The models and seeds that were built again for head, by name. */
  readonly built: readonly string[];
  /** The names of the models that `select` selects; undefined without it. */
  readonly selected: readonly string[] | undefined;
  /** The tests that fail on head. */
  readonly failures: readonly Failure[];
}

/** A warehouse, with dbt's description of it. */
interface Build {
  readonly warehouse: string;
  readonly manifest: Manifest;
}

/** A test or a model that failed. */
export interface Failure {
  readonly name: string;
  readonly status: string;
  readonly message: string;
}

const PROJECT = "dbt";
const WAREHOUSE = "warehouse.duckdb";
const MANIFEST = "manifest.json";
/** Changes of these files can change every table, and dbt does not see them in a single node. */
const CHANGES_EVERYTHING = ["dbt/dbt_project.yml", "dbt/profiles.yml", "dbt/sample-data", "requirements.txt"];
const BUILD_WITHOUT_TESTS = ["build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"];
const LINES_OF_ERROR = 25;
/** The builds of bases that are kept. Each has a warehouse of some 30 MB with the sample data. */
const KEPT_BASES = 5;
const MAXIMUM_BYTES = 2 ** 28;

const resultsSchema = z.object({
  results: z.array(z.object({ unique_id: z.string(), status: z.string(), message: z.string().nullable() })),
});

/**
 * Builds the dbt project on DuckDB twice, from the same sample data: as it was where the branch left the base, and as it is in the
 * working tree. The first build is kept for the next time, until five others are newer. The second one starts from a copy of the first, and builds only what
 * changed, with everything downstream.
 *
 * @throws DataDiffError when git does not know the base, or a build fails
 */
export function makeBuilds(asked: BuildRequest): Builds {
  const { root, say } = asked;
  const sha = commonCommit(asked);
  const folder = join(root, PROJECT, "target", "diff-data");
  const sources = sourcesOf({ root, folder, file: asked.sources, env: asked.env });
  const request = { ...asked, env: { ...asked.env, ...sources.env } };
  const base = join(folder, [sha, sources.key].filter(Boolean).join("-"));
  if (!existsSync(join(base, MANIFEST))) {
    say(`Building ${sha.slice(0, 8)}, once for this commit`);
    buildBase(request, sources, sha, base);
  }
  keepNewest(folder, base);
  say("Building what changed, and everything downstream");
  const head = buildHead(request, sources, sha, base, join(folder, "head"));
  return {
    sha,
    folder,
    base: { warehouse: join(base, WAREHOUSE), manifest: readManifest(join(base, MANIFEST)) },
    ...head,
  };
}

function commonCommit({ root, base }: BuildRequest): string {
  const sha = mergeBase(root, base);
  if (sha !== undefined) return sha;
  throw new DataDiffError(
    `fetch the base first: git does not know ${base}, or it has no commit in common with this branch`,
  );
}

/** Builds the base in a temporary checkout. The manifest comes last, so that an interrupted build is made again. */
function buildBase(request: BuildRequest, sources: Sources, sha: string, folder: string): void {
  const { root } = request;
  rmSync(folder, { recursive: true, force: true });
  const checkout = join(folder, "checkout");
  mkdirSync(checkout, { recursive: true });
  const archive = spawnSync("git", ["archive", sha, PROJECT], { cwd: root, maxBuffer: MAXIMUM_BYTES });
  if (archive.status !== 0)
    throw new DataDiffError(`${sha} has no folder ${PROJECT}: ${archive.stderr.toString().trim()}`);
  const unpacked = spawnSync("tar", ["-x", "-C", checkout], { input: archive.stdout });
  if (unpacked.status !== 0) throw new DataDiffError(`tar cannot unpack ${sha}: ${unpacked.stderr.toString().trim()}`);
  const target = join(folder, "target");
  const warehouse = join(folder, WAREHOUSE);
  if (sources.warehouse !== undefined) copyFileSync(sources.warehouse, warehouse);
  const { status, output } = dbt(request, BUILD_WITHOUT_TESTS, join(checkout, PROJECT), warehouse, target);
  if (status !== 0) throw dbtFailed(`build the base ${sha.slice(0, 8)}`, output);
  rmSync(checkout, { recursive: true });
  renameSync(join(target, MANIFEST), join(folder, MANIFEST));
}

/** Marks a build of a base as used, and removes all but the newest ones. */
function keepNewest(folder: string, used: string): void {
  const now = new Date();
  utimesSync(used, now, now);
  const builds = readdirSync(folder)
    .filter((name) => /^[0-9a-f]{40}/.test(name))
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const build of builds.slice(KEPT_BASES)) rmSync(build, { recursive: true });
}

function buildHead(
  request: BuildRequest,
  sources: Sources,
  sha: string,
  base: string,
  folder: string,
): Pick<Builds, "head" | "built" | "failures" | "selected"> {
  const { root } = request;
  mkdirSync(folder, { recursive: true });
  const warehouse = join(folder, WAREHOUSE);
  const target = join(folder, "target");
  rmSync(warehouse, { force: true });
  const isEverything = git(root, "diff", "--quiet", sha, "--", ...CHANGES_EVERYTHING).status !== 0;
  const start = isEverything ? sources.warehouse : join(base, WAREHOUSE);
  if (start !== undefined) copyFileSync(start, warehouse);
  const selected = request.select && selectedModels(request, request.select, warehouse, target);
  const selection = selectionOf(selected, isEverything ? undefined : base);
  // A test that fails keeps dbt from building the models below it, so the tests come afterwards.
  const commands = [[...BUILD_WITHOUT_TESTS, "--full-refresh"], ["test"]];
  const runs = commands.map((command) => {
    rmSync(join(target, "run_results.json"), { force: true });
    const { status, output } = dbt(request, [...command, ...selection], join(root, PROJECT), warehouse, target);
    if (status !== 0 && status !== 1) throw dbtFailed("build the working tree", output);
    return resultsIn(target);
  });
  const results = runs.flatMap((run) => run.results);
  return {
    head: { warehouse, manifest: readManifest(join(target, MANIFEST)) },
    selected,
    built: results
      .filter(({ unique_id }) => /^(model|seed|snapshot)\./.test(unique_id))
      .map(({ unique_id }) => nameIn(unique_id)),
    failures: results
      .filter(({ status }) => ["error", "fail", "runtime error"].includes(status))
      .map(({ unique_id, status, message }) => ({ name: nameIn(unique_id), status, message: message ?? "" })),
  };
}

/** The arguments that select what changed since the base, or everything without a base, as far as the selected models need it. */
function selectionOf(selected: readonly string[] | undefined, base: string | undefined): string[] {
  const changed = base === undefined ? [] : ["state:modified+"];
  const criteria = selected?.map((name) => [...changed, `+${name}`].join(",")) ?? changed;
  if (criteria.length === 0) return [];
  return ["--select", ...criteria, ...(base === undefined ? [] : ["--state", base])];
}

function selectedModels(
  request: BuildRequest,
  select: readonly string[],
  warehouse: string,
  target: string,
): readonly string[] {
  const list = ["--quiet", "list", "--resource-type", "model", "--output", "name", "--select", ...select];
  const { status, output } = dbt(request, list, join(request.root, PROJECT), warehouse, target);
  if (status !== 0) throw dbtFailed(`list the selection ${select.join(" ")}`, output);
  const names = output.split("\n").filter((line) => /^\w+$/.test(line));
  if (names.length > 0) return names;
  throw new DataDiffError(`--select ${select.join(" ")} selects no model; \`dbt list\` shows what a selection selects`);
}

/** The name of a node or a test, from `model.project.name` or `unit_test.project.model.name`. */
function nameIn(uniqueId: string): string {
  const [kind, , name, last] = uniqueId.split(".");
  return kind === "unit_test" ? last! : name!;
}

function resultsIn(target: string): z.output<typeof resultsSchema> {
  const file = join(target, "run_results.json");
  return existsSync(file) ? readJson(file, resultsSchema) : { results: [] };
}

function dbt(
  { root, env }: BuildRequest,
  args: readonly string[],
  project: string,
  warehouse: string,
  target: string,
): { readonly status: number | null; readonly output: string } {
  const program = join(root, ".venv", "bin", "dbt");
  if (!existsSync(program)) throw new DataDiffError("run `npm run python:setup` first: dbt is not in .venv");
  const { status, stdout, stderr } = spawnSync(program, ["--no-use-colors", ...args, "--target", "duckdb"], {
    cwd: project,
    encoding: "utf8",
    maxBuffer: MAXIMUM_BYTES,
    env: {
      ...env,
      MARKETING_DUCKDB_PATH: warehouse,
      DBT_TARGET_PATH: target,
      DBT_LOG_PATH: join(target, "logs"),
      DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
  return { status, output: `${stdout}${stderr}` };
}

function dbtFailed(what: string, output: string): DataDiffError {
  const lines = output.trimEnd().split("\n").slice(-LINES_OF_ERROR);
  return new DataDiffError([`dbt cannot ${what}`, ...lines.map((line) => `  ${line}`)].join("\n"));
}

function git(root: string, ...args: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  return { status, stdout };
}
