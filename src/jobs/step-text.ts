import type { Refusal } from "./refusal";

const QUOTED = /\\.|"(?:[^"\\]|\\.)*"|'[^']*'/g;
const PLAIN = "letters, signs and plain spaces";
const ONE_COMMAND = "one dbt command in each step";

/** A pattern that a step must not match, and the refusal of a match. */
interface Forbidden {
  readonly pattern: RegExp;
  /** Whether quoted text can match it. */
  readonly outsideQuotes?: boolean;
  readonly refuse: (match: string) => Refusal;
}

/** Patterns that a step must not match. The first match is reported. */
const FORBIDDEN: readonly Forbidden[] = [
  {
    pattern: /[\r\n]/,
    refuse: () => ({
      reason: "a step is one line",
      allowed: ONE_COMMAND,
      fix: "write each command as a separate step",
    }),
  },
  {
    // Control and format characters, and spaces at which dbt does not split words.
    pattern: /[^\P{Cc}\t]|\p{Cf}|\p{Cs}|[^\P{Z} ]/u,
    refuse: (match) => ({
      reason: `an invisible character, U+${match.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}, is in the step`,
      allowed: PLAIN,
      fix: "type the space again; such characters come with copied text",
    }),
  },
  {
    pattern: /[“”„‘’‚«»]/,
    refuse: (match) => ({
      reason: `${match} is a typographic quotation mark, which dbt reads as a letter`,
      allowed: `" and '`,
      fix: "type the quotation marks again; such characters come with copied text",
    }),
  },
  {
    pattern: /(?:^|\s)[–—]/,
    outsideQuotes: true,
    refuse: (match) => ({
      reason: `${match.trim()} is a typographic dash, which starts no flag`,
      allowed: "flags that start with -- or -",
      fix: "type two hyphens instead, for example --select",
    }),
  },
  {
    pattern: /["']/,
    outsideQuotes: true,
    refuse: () => ({
      reason: "a quotation mark is not closed",
      allowed: "pairs of quotation marks",
      fix: "close the quotation mark, or remove it",
    }),
  },
  {
    pattern: /\\$/,
    outsideQuotes: true,
    refuse: () => ({
      reason: "a step cannot continue on the next line",
      allowed: ONE_COMMAND,
      fix: "remove the backslash at the end, and write the whole command in one line",
    }),
  },
  {
    pattern: /&&|\|\||[;|<>`&]|\$\(/,
    outsideQuotes: true,
    refuse: (match) => ({
      reason: `"${match}" is shell syntax, and no shell runs the step`,
      allowed: ONE_COMMAND,
      fix: "write each command as a separate step, or put quotation marks around the text if it belongs to an argument",
    }),
  },
  {
    pattern: /\$\{?\w+\}?/,
    refuse: (match) => ({
      reason: `${match} is not replaced, because no shell runs the step`,
      allowed: "values written out",
      fix: "write the value, or let the dbt project read an environment variable with env_var()",
    }),
  },
  {
    pattern: /\{\{.*\}\}|\{%/,
    refuse: (match) => ({
      reason: `${match} is not rendered, because dbt renders Jinja in models and not in commands`,
      allowed: "values written out",
      fix: "write the value",
    }),
  },
];

/**
 * Checks the text of a step before the parser reads it as a command. It refuses characters from copied text, shell
 * syntax and template syntax, because no shell and no template engine reads the step.
 *
 * @returns undefined if the text is valid
 */
export function refuseStepText(step: string): Refusal | undefined {
  const bare = step.replace(QUOTED, "");
  for (const { pattern, outsideQuotes, refuse } of FORBIDDEN) {
    const match = pattern.exec(outsideQuotes ? bare : step);
    if (match) return refuse(match[0]);
  }
  return undefined;
}
