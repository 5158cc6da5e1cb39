import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** The options of `npm run dashboard`. */
export interface Arguments {
  readonly help: boolean;
  /** The file to write; default `dashboard.html`. */
  readonly output: string;
  /** The target, if the user names one. */
  readonly target?: string | undefined;
  /** The options for dbt. */
  readonly dbtOptions: readonly string[];
}

export const USAGE = `Writes the dashboard of the warehouse as one HTML file. Build the warehouse first: npm run warehouse

npm run dashboard -- [--output FILE] [--target NAME] [--vars YAML] [--profiles-dir FOLDER]

  --output FILE           default dashboard.html, in the folder you are in
  --target NAME           duckdb (default), redshift or postgres, as in dbt/profiles.yml
  --vars YAML             the vars with which the warehouse was built, such as '{optional_sources: []}'
  --profiles-dir FOLDER   the folder of another profiles.yml`;

/**
 * Reads the arguments.
 *
 * @param folder the folder that relative paths start from
 * @throws TypeError with the wrong argument
 */
export function argumentsOf(args: readonly string[], folder: string): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      output: { type: "string", short: "o", default: "dashboard.html" },
      target: { type: "string", short: "t" },
      vars: { type: "string" },
      "profiles-dir": { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { help, output, target, vars, "profiles-dir": profiles } = values;
  const given = {
    "--target": target,
    "--vars": vars,
    "--profiles-dir": profiles === undefined ? undefined : resolve(folder, profiles),
  };
  const dbtOptions = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  return { help, output: resolve(folder, output), target, dbtOptions };
}
