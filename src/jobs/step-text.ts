import type { Refusal } from "./refusal";

const QUOTED = /\\.|"(?:[^"\\]|\\.)*"|'[^']*'/g;
const PLAIN = "letters, signs and plain blanks";
const ONE_COMMAND = "one dbt command a step";

/** A pattern that no step may match, and what is said of the match. */
interface Forbidden {
  readonly pattern: RegExp;
  /** Whether quoted text may match it all the same. */
  readonly outsideQuotes?: boolean;
  readonly refuse: (match: string) => Refusal;
}

/** What a step's text may not hold, in the order in which a person should hear of it. */
const FORBIDDEN: readonly Forbidden[] = [
  {
    pattern: /[\r\n]/,
    refuse: () => ({
      reason: "a step is one line",
      allowed: ONE_COMMAND,
      fix: "write each command as a step of its own",
    }),
  },
  {
    // Control and format characters, and blanks at which dbt does not part words.
    pattern: /[^\P{Cc}\t]|\p{Cf}|\p{Cs}|[^\P{Z} ]/u,
    refuse: (match) => ({
      reason: `an invisible character, U+${match.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}, stands in the step`,
      allowed: PLAIN,
      fix: "type the blank anew; such characters come with copied text",
    }),
  },
  {
    pattern: /[“”„‘’‚«»]/,
    refuse: (match) => ({
      reason: `${match} is a typographic quotation mark, which dbt takes for a letter`,
      allowed: `" and '`,
      fix: "type the quotation marks anew; such characters come with copied text",
    }),
  },
  {
    pattern: /(?:^|\s)[–—]/,
    outsideQuotes: true,
    refuse: (match) => ({
      reason: `${match.trim()} is a typographic dash, which starts no flag`,
      allowed: "flags that start with -- or -",
      fix: "type the two hyphens anew, for example --select",
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
      reason: "a step does not go on in the next line",
      allowed: ONE_COMMAND,
      fix: "remove the backslash at the end, and write the whole command in one line",
    }),
  },
  {
    pattern: /&&|\|\||[;|<>`&]|\$\(/,
    outsideQuotes: true,
    refuse: (match) => ({
      reason: `"${match}" is shell syntax, and a step is not run by a shell`,
      allowed: ONE_COMMAND,
      fix: "write each command as a step of its own, and quote the text if it belongs to an argument",
    }),
  },
  {
    pattern: /\$\{?\w+\}?/,
    refuse: (match) => ({
      reason: `${match} is not replaced: a step is not run by a shell`,
      allowed: "values written out",
      fix: "write the value, or let the dbt project read an environment variable with env_var()",
    }),
  },
  {
    pattern: /\{\{.*\}\}|\{%/,
    refuse: (match) => ({
      reason: `${match} is not rendered: dbt renders Jinja in models, not in commands`,
      allowed: "values written out",
      fix: "write the value",
    }),
  },
];

/**
 * Judges a step's text before it is read as a command: characters that come with copied text, and the syntax of a
 * shell or a template, neither of which looks at it.
 *
 * @returns undefined when the text is good
 */
export function refuseStepText(step: string): Refusal | undefined {
  const bare = step.replace(QUOTED, "");
  for (const { pattern, outsideQuotes, refuse } of FORBIDDEN) {
    const match = pattern.exec(outsideQuotes ? bare : step);
    if (match) return refuse(match[0]);
  }
  return undefined;
}
