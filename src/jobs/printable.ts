/**
 * Characters that change how a terminal or a page shows the text around them: control characters, line and paragraph separators,
 * invisible format characters such as those for the direction of text, and halves of characters. The two joiners stay, because
 * emoji and several scripts need them.
 */
const COMMANDS = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * A text of others as one line that only shows characters: a name, a branch, a line of a log, an error of dbt Cloud. Characters that
 * a terminal would take as commands are written as JSON writes them: `\u001b`, `\n`.
 */
export function printable(text: string): string {
  return text.replace(COMMANDS, (character) => SHORT[character] ?? escaped(character));
}

/** A text of several lines, of which each is {@link printable}. It also keeps tabs. */
export function printableLines(text: string): string {
  return text.replace(COMMANDS, (character) => (/[\n\t]/.test(character) ? character : printable(character)));
}

/** As JSON writes a character: one `\uXXXX` for each of its UTF-16 units. */
function escaped(character: string): string {
  return character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
