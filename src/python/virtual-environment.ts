import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const BASE = "requirements.txt";
/** The Python versions that dbt-core of requirements.txt supports. */
const OLDEST = 10;
const NEWEST = 13;
const CANDIDATES = ["python3", ...[NEWEST, 12, 11, OLDEST].map((minor) => `python3.${minor}`)];

/** The options of the set-up. */
export interface SetUpOptions {
  /** The folder of requirements.txt. The set-up creates `.venv` in it. */
  readonly root: string;
  /** Further requirements: `dev` for requirements-dev.txt, `bench` for requirements-bench.txt, `ltv` for requirements-ltv.txt. */
  readonly extras: readonly string[];
  /** The folders to search for programs, in the format of the variable PATH. */
  readonly path: string;
  /** Prints a line of progress. */
  readonly say: (line: string) => void;
}

/** Thrown if Python is missing or an installation fails. The message has the fix. */
export class SetUpError extends Error {}

/**
 * Creates `.venv` from the pinned requirements. If `.venv` already has these requirements, it does nothing.
 *
 * @throws SetUpError if there is no suitable Python or if pip fails
 */
export function setUpPython(options: SetUpOptions): void {
  const { root, extras, say } = options;
  const stamps = readStamps(root);
  const base = digest(root, BASE);
  const hasBase = stamps[BASE] === base && existsSync(program(root, "dbt"));
  const wanted = Object.fromEntries(extras.map(fileOf).map((file) => [file, digest(root, file)]));
  const missing = Object.keys(wanted).filter((file) => !hasBase || stamps[file] !== wanted[file]);
  if (hasBase && missing.length === 0) {
    say(".venv is up to date");
    return;
  }
  if (!hasBase) {
    const python = fittingPython(options.path);
    say(`Creating .venv with ${python}`);
    run(options, python, "-m", "venv", "--clear", join(root, ".venv"));
    install(options, BASE);
  }
  for (const file of missing) install(options, file);
  // This file is written last, so that an interrupted installation is repeated.
  writeFileSync(stampFile(root), JSON.stringify({ ...(hasBase ? stamps : {}), [BASE]: base, ...wanted }));
  say(".venv is ready");
}

function fileOf(extra: string): string {
  return `requirements-${extra}.txt`;
}

function install(options: SetUpOptions, requirements: string): void {
  options.say(`Installing ${requirements}`);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-virtualenv"];
  run(options, program(options.root, "python"), ...pip, "-r", join(options.root, requirements));
}

function run({ root, path }: SetUpOptions, command: string, ...args: string[]): void {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, PATH: path },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status === 0) return;
  const reason = error?.message ?? `exit code ${status}`;
  throw new SetUpError(`\`${[command, ...args].join(" ")}\` failed: ${reason}`);
}

/** The first suitable Python on the path. */
function fittingPython(path: string): string {
  const found: string[] = [];
  for (const name of CANDIDATES) {
    const { status, stdout } = spawnSync(name, ["--version"], {
      env: { ...process.env, PATH: path },
      encoding: "utf8",
    });
    if (status !== 0) continue;
    const [, minor] = /^Python 3\.(\d+)/.exec(stdout) ?? [];
    if (Number(minor) >= OLDEST && Number(minor) <= NEWEST) return name;
    found.push(`${name} is ${stdout.trim()}`);
  }
  throw new SetUpError(
    `Python 3.${OLDEST} to 3.${NEWEST} is needed; ${found.length > 0 ? found.join(", ") : "python3 is not on PATH"}. ` +
      "Install one of them, then run `npm run python:setup` again.",
  );
}

/** The digests of the installed requirements, by file. */
type Stamps = Readonly<Record<string, string | undefined>>;

function readStamps(root: string): Stamps {
  try {
    return JSON.parse(readFileSync(stampFile(root), "utf8")) as Stamps;
  } catch {
    return {};
  }
}

function stampFile(root: string): string {
  return join(root, ".venv", "requirements.json");
}

/** The digest of a file of requirements and of the files that it reads with `-r`. */
function digest(root: string, file: string): string {
  const hash = createHash("sha256");
  for (const one of [file, ...readBy(root, file)]) hash.update(readFileSync(join(root, one)));
  return hash.digest("hex");
}

function readBy(root: string, file: string): string[] {
  const named = [...readFileSync(join(root, file), "utf8").matchAll(/^-r (\S+)$/gm)].map(([, name]) => name!);
  return named.flatMap((name) => [name, ...readBy(root, name)]);
}

function program(root: string, name: string): string {
  return join(root, ".venv", "bin", name);
}
