import { COMMON_FLAGS, DBT_COMMANDS, type DbtCommand, type FlagArity } from "./dbt-commands";
import { closest } from "./closest";
import type { Refusal } from "./refusal";
import { refuseStepText } from "./step-text";

// No library: string-argv breaks escaped quotes, shell-quote interprets * and #, shlex drops quotes and is quadratic.
/** A quoted part keeps its spaces; any other word ends at the next space. */
export const WORD = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g;

const COMMANDS = [...DBT_COMMANDS.keys()];
const ALLOWED = `dbt ${COMMANDS.join(", ")}`;

/**
 * Checks one execute step. A step is one existing dbt command with its flags and without shell syntax. dbt Cloud runs
 * the step without a shell, so `&&`, pipes and redirections have no effect.
 *
 * @returns undefined if the step is valid
 */
export function refuseStep(step: string): Refusal | undefined {
  const garbled = refuseStepText(step);
  if (garbled) return garbled;
  const [program, ...words] = step.match(WORD) ?? [];
  if (program !== "dbt") return notDbt(program);
  return refuseCommand(words);
}

function notDbt(program: string | undefined): Refusal {
  return {
    reason: program === undefined ? "the step is empty" : `a step starts with "dbt", not with "${program}"`,
    allowed: ALLOWED,
    fix: "write a dbt command, for example `dbt build --select tag:core`",
  };
}

function refuseCommand(words: readonly string[]): Refusal | undefined {
  const { leading, rest, refusal } = leadingFlags(words);
  if (refusal) return refusal;
  const [first, second] = rest;
  const name = DBT_COMMANDS.has(`${first} ${second}`) ? `${first} ${second}` : first;
  const command = name === undefined ? undefined : DBT_COMMANDS.get(name);
  if (name === undefined || !command) return unknownCommand(leading, first, second);
  if (command.anyFlags) return undefined;
  return refuseArguments(name, command, rest.slice(name.split(" ").length));
}

/** dbt also accepts the flags of all commands before the command. */
function leadingFlags(words: readonly string[]): {
  leading: readonly string[];
  rest: readonly string[];
  refusal?: Refusal;
} {
  let i = 0;
  while (i < words.length && words[i]!.startsWith("-")) {
    const arity = COMMON_FLAGS.get(flagName(words[i]!));
    const isChecked = arity !== undefined || flagName(words[i]!) === PROFILES_DIR;
    const refusal = isChecked
      ? refuseValue(words, i, arity ?? "one")
      : unknownFlag("dbt", words[i]!, COMMON_FLAGS.keys());
    if (refusal) return { leading: [], rest: [], refusal };
    i = endOfFlag(words, i, arity!);
  }
  return { leading: words.slice(0, i), rest: words.slice(i) };
}

function unknownCommand(leading: readonly string[], first: string | undefined, second: string | undefined): Refusal {
  if (first === undefined) {
    return {
      reason: "the dbt command is missing",
      allowed: ALLOWED,
      fix: "name the command, for example `dbt build`",
    };
  }
  const given = ["docs", "source"].includes(first) && second ? `${first} ${second}` : first;
  const suggestion = closest(given, COMMANDS) ?? COMMANDS.find((c) => c.startsWith(`${first} `));
  return {
    reason: `dbt has no job command "${given}"`,
    allowed: ALLOWED,
    fix: suggestion ? `did you mean \`${["dbt", ...leading, suggestion].join(" ")}\`?` : "use one of these commands",
  };
}

function refuseArguments(name: string, command: DbtCommand, words: readonly string[]): Refusal | undefined {
  let free = command.words;
  for (let i = 0; i < words.length;) {
    const word = words[i]!;
    if (!word.startsWith("-")) {
      if (free === 0) return strayWord(name, command, word);
      free--;
      i++;
      continue;
    }
    const arity = command.flags.get(flagName(word)) ?? COMMON_FLAGS.get(flagName(word));
    if (!arity) return unknownFlag(`dbt ${name}`, word, [...command.flags.keys(), ...COMMON_FLAGS.keys()]);
    const refusal = refuseValue(words, i, arity);
    if (refusal) return refusal;
    i = endOfFlag(words, i, arity);
  }
  return free > 0 ? macroMissing(name) : undefined;
}

/** The position after a flag and its values, in the words of a command. */
export function endOfFlag(words: readonly string[], flag: number, arity: FlagArity): number {
  if (arity === "switch" || words[flag]!.includes("=")) return flag + 1;
  const next = words.findIndex((word, i) => i > flag && isFlag(word));
  const end = next === -1 ? words.length : next;
  return arity === "one" ? Math.min(end, flag + 2) : end;
}

/** A switch has no value. The value of any other flag is after an equals sign or in the next words. */
function refuseValue(words: readonly string[], flag: number, arity: FlagArity): Refusal | undefined {
  const [name, ...value] = words[flag]!.split("=");
  if (name === PROFILES_DIR) return OWN_PROFILE;
  if (arity === "switch") return value.length > 0 ? switchWithValue(name!) : undefined;
  const values = value.length > 0 ? [value.join("=")] : words.slice(flag + 1, endOfFlag(words, flag, arity));
  const good = values.map((word) => word.replace(/^(["'])(.*)\1$/, "$2"));
  if (good.length === 0 || good.includes("")) return flagWithoutValue(name!);
  return refuseMeaning(name!, values[0]!, good);
}

/** Finds mistakes in a value that dbt reports only when the job runs. */
function refuseMeaning(flag: string, first: string, values: readonly string[]): Refusal | undefined {
  if (flag === "--threads") return /^[1-9]\d*$/.test(values[0]!) ? undefined : THREADS;
  if (!SELECTORS.has(flag)) return first.startsWith("{") && !first.endsWith("}") ? valueNotQuoted(flag) : undefined;
  const cut = values.find((selector) => /[,:]$/.test(selector));
  return cut === undefined ? undefined : selectorCut(cut);
}

/** dbt takes this flag, but a job must not use it. */
const PROFILES_DIR = "--profiles-dir";

const OWN_PROFILE: Refusal = {
  reason: `${PROFILES_DIR} replaces the profile that dbt Cloud makes for each run`,
  allowed: `a step without ${PROFILES_DIR}; --target chooses the target`,
  fix: `remove ${PROFILES_DIR} and its value`,
};

const SELECTORS = new Set(["--select", "-s", "--models", "--model", "-m", "--exclude"]);

const THREADS: Refusal = {
  reason: "--threads is not a number of threads",
  allowed: "a whole number from 1",
  fix: "write for example --threads 4",
};

function valueNotQuoted(flag: string): Refusal {
  return {
    reason: `the value of ${flag} ends at its first space`,
    allowed: `${flag} '{name: value}'`,
    fix: "put quotation marks around the value",
  };
}

function selectorCut(selector: string): Refusal {
  return {
    reason: `the selector "${selector}" is incomplete`,
    allowed: "tag:core, or several selectors with spaces between them",
    fix: selector.endsWith(",")
      ? "remove the comma at its end: a comma without a space means both, a space means either"
      : "write the value after the colon",
  };
}

function switchWithValue(flag: string): Refusal {
  return { reason: `${flag} takes no value`, allowed: flag, fix: `write ${flag}, or remove it` };
}

function flagWithoutValue(flag: string): Refusal {
  return {
    reason: `${flag} needs a value`,
    allowed: `${flag} VALUE`,
    fix: `write the value after ${flag}, or remove ${flag}`,
  };
}

function macroMissing(name: string): Refusal {
  return {
    reason: `dbt ${name} needs the name of a macro`,
    allowed: `dbt ${name} MACRO`,
    fix: "name the macro after the command",
  };
}

function strayWord(name: string, command: DbtCommand, word: string): Refusal {
  return {
    reason: `"${word}" belongs to no flag`,
    allowed: `dbt ${name} with flags`,
    fix: command.flags.has("--select") ? `did you mean \`dbt ${name} --select ${word}\`?` : `remove "${word}"`,
  };
}

function unknownFlag(program: string, word: string, known: Iterable<string>): Refusal {
  const flag = flagName(word);
  const long = [...known].filter((name) => name.startsWith("--") && name !== PROFILES_DIR);
  const suggestion = closest(flag, long);
  const own = long.filter((name) => !COMMON_FLAGS.has(name));
  return {
    reason: `${program} has no flag ${flag}`,
    allowed: [...own, `${own.length > 0 ? "and " : ""}the flags that all dbt commands take`].join(", "),
    fix: suggestion ? `did you mean ${suggestion}?` : `remove ${flag}`,
  };
}

/** A negative number is a value, not a flag. */
function isFlag(word: string): boolean {
  return word.startsWith("-") && !/^-\d/.test(word);
}

/** The name of a flag, without the value after an equals sign: `--select` of `--select=tag:core`. */
export function flagName(word: string): string {
  return word.split("=", 1)[0]!;
}
