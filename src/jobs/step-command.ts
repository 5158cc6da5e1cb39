import { COMMON_FLAGS, DBT_COMMANDS } from "./dbt-commands";
import { endOfFlag, flagName, WORD } from "./dbt-step";

/** A flag of a step, with its values without quotation marks. */
interface StepFlag {
  /** The flag as it is written: `--select` or `-s`. */
  readonly name: string;
  readonly values: readonly string[];
}

/** A step as dbt reads it. */
export interface StepCommand {
  /** The name of the dbt command: `build` or `source freshness`. */
  readonly name: string;
  /** The flags before and after the command, in their order. */
  readonly flags: readonly StepFlag[];
}

/**
 * Reads the command and the flags of a step.
 *
 * @param step a step without a refusal of `refuseStep`: `dbt build --select tag:core`
 */
export function commandOf(step: string): StepCommand {
  const words = (step.match(WORD) ?? []).slice(1);
  const flags: StepFlag[] = [];
  const names: string[] = [];
  for (let i = 0; i < words.length;) {
    const word = words[i]!;
    if (!word.startsWith("-")) {
      names.push(word);
      i++;
      continue;
    }
    const end = endOfFlag(words, i, arityOf(word, names));
    const inline = word.includes("=") ? [word.slice(word.indexOf("=") + 1)] : [];
    flags.push({ name: flagName(word), values: [...inline, ...words.slice(i + 1, end)].map(unquoted) });
    i = end;
  }
  return { name: nameIn(names), flags };
}

function arityOf(word: string, names: readonly string[]): "switch" | "one" | "many" {
  const own = DBT_COMMANDS.get(nameIn(names))?.flags.get(flagName(word));
  return own ?? COMMON_FLAGS.get(flagName(word)) ?? "switch";
}

function nameIn([first = "", second]: readonly string[]): string {
  return DBT_COMMANDS.has(`${first} ${second}`) ? `${first} ${second}` : first;
}

function unquoted(word: string): string {
  return word.replace(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
    (_, double?: string, single?: string, escaped?: string) =>
      double === undefined ? (single ?? escaped ?? "") : double.replace(/\\(["\\])/g, "$1"),
  );
}
