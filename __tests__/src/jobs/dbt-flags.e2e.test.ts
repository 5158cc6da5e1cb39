import { COMMON_FLAGS, DBT_COMMANDS, type FlagArity } from "../../../src/jobs/dbt-commands";
import { missingModule, python } from "../../dbt/python";
import { itIf } from "../../support/requirement";

const missingDbt = missingModule("dbt");
const itWithDbt = itIf(missingDbt);

/** The commands that no job runs: they ask questions, serve pages or delete files. */
const NOT_FOR_JOBS = ["clean", "docs serve", "init"];
/** The flags that no job uses: they print the version, edit packages.yml, measure dbt itself or keep an old spelling. */
const FLAGS_NOT_FOR_JOBS =
  /^(?:--version|-V|-v|--add-package|--source|--(?:no-)?show-resource-report|--deprecated-.*)$/;
/** dbt Fusion has this flag, and dbt-core does not. */
const FUSION_FLAGS = ["--static-analysis"];

interface Command {
  readonly words: number;
  readonly flags: Readonly<Record<string, FlagArity>>;
}

/** One line for each command's words and for each of its flags, such as `dbt build --select: many`. */
function linesOf(name: string, { words, flags }: Command): string[] {
  return [
    `dbt ${name}: ${words} words`,
    ...Object.entries(flags).map(([flag, arity]) => `dbt ${name} ${flag}: ${arity}`),
  ];
}

/** The flags of the installed dbt by command; "" is dbt itself, with the flags before a command. */
function linesOfDbt(): string[] {
  const { status, stdout, stderr } = python("__tests__/src/jobs/dbt_flags.py");
  if (status !== 0) throw new Error(stderr);
  const commands = Object.entries(JSON.parse(stdout) as Record<string, Command>);
  return commands.flatMap(([name, { words, flags }]) => {
    const used = Object.entries(flags).filter(([flag]) => !FLAGS_NOT_FOR_JOBS.test(flag));
    return NOT_FOR_JOBS.includes(name) ? [] : linesOf(name, { words, flags: Object.fromEntries(used) });
  });
}

function linesOfTable(): string[] {
  const common = Object.fromEntries([...COMMON_FLAGS].filter(([flag]) => !FUSION_FLAGS.includes(flag)));
  const commands = [...DBT_COMMANDS].filter(([, { anyFlags }]) => !anyFlags);
  return [
    ...linesOf("", { words: 0, flags: common }),
    ...commands.flatMap(([name, { words, flags }]) =>
      linesOf(name, { words, flags: { ...Object.fromEntries(flags), ...common } }),
    ),
  ];
}

describe("the table of dbt's commands and flags", () => {
  const ofTable = new Set(linesOfTable());
  let ofDbt = new Set<string>();
  beforeAll(() => {
    if (missingDbt === undefined) ofDbt = new Set(linesOfDbt());
  });

  itWithDbt("has all commands and flags of the installed dbt", () => {
    expect(ofDbt.size).toBeGreaterThan(1000);
    expect([...ofDbt].filter((line) => !ofTable.has(line))).toEqual([]);
  });

  itWithDbt("has only commands and flags of the installed dbt", () => {
    expect([...ofTable].filter((line) => !ofDbt.has(line))).toEqual([]);
  });
});
