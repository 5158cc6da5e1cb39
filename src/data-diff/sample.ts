import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DataDiffError } from "./data-diff-error";
import { programBeside } from "./program-beside";

const SAMPLE = programBeside("sample.py");
const LINES_OF_ERROR = 15;

interface SampleRequest {
  readonly root: string;
  /** The folder for the sample. */
  readonly folder: string;
  /** A target of dbt/profiles.yml, of type postgres or redshift. */
  readonly target: string;
  /** The percentage of the customers, from 1 to 100. */
  readonly percent: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Shows the number of rows of each table. */
  readonly say: (message: string) => void;
}

/**
 * Copies a sample of a target's source tables into a DuckDB file, and returns the path of the file. Names of people are replaced
 * inside the target.
 *
 * @throws DataDiffError when the target cannot be read
 */
export function sampleOf({ root, folder, target, percent, env, say }: SampleRequest): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `sample-${target}.duckdb`);
  const unfinished = `${file}.unfinished`;
  const { status, stdout, stderr } = spawnSync(
    join(root, ".venv", "bin", "python"),
    ["-B", SAMPLE, target, String(percent), unfinished],
    {
      cwd: join(root, "dbt"),
      encoding: "utf8",
      env: { ...env, DBT_TARGET_PATH: join(folder, "sample"), DBT_SEND_ANONYMOUS_USAGE_STATS: "false" },
    },
  );
  if (status !== 0) {
    const lines = `${stdout}${stderr}`.trim().split("\n").slice(-LINES_OF_ERROR);
    throw new DataDiffError([`no sample can be taken from the target ${target}`, ...lines].join("\n"));
  }
  renameSync(unfinished, file);
  say(stderr.trim());
  return file;
}
