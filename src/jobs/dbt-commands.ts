/** The number of values of a flag: none, one, or all words up to the next flag. */
export type FlagArity = "switch" | "one" | "many";

/** The flags and arguments of a dbt subcommand. */
export interface DbtCommand {
  /** Flags in addition to the flags of all commands. */
  readonly flags: ReadonlyMap<string, FlagArity>;
  /** The number of arguments without a flag: 1 for the macro of `run-operation`. */
  readonly words: number;
  /** Commands of dbt Cloud only, whose flags dbt Core does not list. The check accepts all their flags. */
  readonly anyFlags?: boolean;
}

const SELECTION: Record<string, FlagArity> = {
  "--select": "many",
  "-s": "many",
  "--models": "many",
  "--model": "many",
  "-m": "many",
  "--exclude": "many",
  "--selector": "one",
};

const PROJECT: Record<string, FlagArity> = {
  "--profiles-dir": "one",
  "--project-dir": "one",
  "--vars": "one",
};

const TARGET: Record<string, FlagArity> = {
  ...PROJECT,
  "--target-path": "one",
  "--threads": "one",
};

const FULL_REFRESH: Record<string, FlagArity> = {
  "--full-refresh": "switch",
  "-f": "switch",
};

const EMPTY: Record<string, FlagArity> = {
  "--empty": "switch",
  "--no-empty": "switch",
};

const RESOURCE_TYPES: Record<string, FlagArity> = {
  "--resource-type": "many",
  "--resource-types": "many",
  "--exclude-resource-type": "many",
  "--exclude-resource-types": "many",
};

const EVENT_TIME: Record<string, FlagArity> = {
  "--event-time-start": "one",
  "--event-time-end": "one",
  "--sample": "one",
};

const COMPILATION: Record<string, FlagArity> = {
  "--introspect": "switch",
  "--no-introspect": "switch",
  "--inline": "one",
  "--output": "one",
};

const RUNNABLE = { ...SELECTION, ...TARGET, "--sqlparse": "one" } as const;

const FRESHNESS = {
  ...RUNNABLE,
  "--output": "one",
  "-o": "one",
} as const;

const LISTING = {
  ...SELECTION,
  ...PROJECT,
  ...RESOURCE_TYPES,
  "--target-path": "one",
  "--output": "one",
  "--output-keys": "many",
} as const;

/** Flags that all commands of dbt-core 1.11 accept, before or after the subcommand. */
export const COMMON_FLAGS: ReadonlyMap<string, FlagArity> = new Map(
  Object.entries({
    ...negatable(
      "cache-selected-only",
      "debug",
      "defer",
      "fail-fast",
      "favor-state",
      "log-cache-events",
      "macro-debugging",
      "partial-parse",
      "partial-parse-file-diff",
      "populate-cache",
      "print",
      "quiet",
      "send-anonymous-usage-stats",
      "show-all-deprecations",
      "single-threaded",
      "static-parser",
      "upload-to-artifacts-ingest-api",
      "use-colors",
      "use-colors-file",
      "use-experimental-parser",
      "use-fast-test-edges",
      "version-check",
      "write-json",
    ),
    ...each("switch", "-d", "-q", "-x", "--warn-error"),
    ...each(
      "one",
      "--defer-state",
      "--indirect-selection",
      "--log-file-max-bytes",
      "--log-format",
      "--log-format-file",
      "--log-level",
      "--log-level-file",
      "--log-path",
      "--partial-parse-file-path",
      "--printer-width",
      "--profile",
      "--record-timing-info",
      "-r",
      "--state",
      // A flag of dbt Fusion, because an environment can use a Fusion release track.
      "--static-analysis",
      "--target",
      "-t",
      "--warn-error-options",
    ),
  }),
);

/** The dbt commands that a job's step may run, with the flags of dbt-core 1.11. */
export const DBT_COMMANDS: ReadonlyMap<string, DbtCommand> = new Map([
  command("build", {
    ...RUNNABLE,
    ...FULL_REFRESH,
    ...EMPTY,
    ...RESOURCE_TYPES,
    ...EVENT_TIME,
    ...each("switch", "--show", "--store-failures"),
    ...negatable("export-saved-queries", "include-saved-query"),
  }),
  command("clone", {
    ...SELECTION,
    ...TARGET,
    ...FULL_REFRESH,
    ...RESOURCE_TYPES,
  }),
  command("compile", {
    ...RUNNABLE,
    ...FULL_REFRESH,
    ...EMPTY,
    ...COMPILATION,
    ...negatable("inject-ephemeral-ctes"),
  }),
  command("debug", {
    ...PROJECT,
    ...each("switch", "--connection", "--config-dir"),
  }),
  command("deps", {
    ...PROJECT,
    ...each("switch", "--lock", "--upgrade"),
  }),
  command("docs generate", {
    ...RUNNABLE,
    ...negatable("compile"),
    ...each("switch", "--empty-catalog", "--static"),
  }),
  command("list", LISTING),
  command("ls", LISTING),
  command("parse", TARGET),
  command("retry", { ...TARGET, ...FULL_REFRESH }),
  command("run", { ...RUNNABLE, ...FULL_REFRESH, ...EMPTY, ...EVENT_TIME }),
  command("run-operation", { ...TARGET, "--args": "one" }, 1),
  command("seed", { ...RUNNABLE, ...FULL_REFRESH, "--show": "switch" }),
  command("show", {
    ...RUNNABLE,
    ...FULL_REFRESH,
    ...COMPILATION,
    ...each("one", "--limit", "--inline-direct"),
  }),
  command("snapshot", { ...RUNNABLE, ...EMPTY }),
  command("source freshness", FRESHNESS),
  command("source snapshot-freshness", FRESHNESS),
  command("test", {
    ...RUNNABLE,
    ...RESOURCE_TYPES,
    "--store-failures": "switch",
  }),
  ["compare", { flags: new Map(), words: 0, anyFlags: true }],
  ["sl", { flags: new Map(), words: 0, anyFlags: true }],
]);

function command(name: string, flags: Record<string, FlagArity>, words = 0): [string, DbtCommand] {
  return [name, { flags: new Map(Object.entries(flags)), words }];
}

function each(arity: FlagArity, ...names: string[]): Record<string, FlagArity> {
  return Object.fromEntries(names.map((name) => [name, arity]));
}

function negatable(...names: string[]): Record<string, FlagArity> {
  return each("switch", ...names.flatMap((n) => [`--${n}`, `--no-${n}`]));
}
