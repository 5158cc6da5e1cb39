import type { ProcessEnvironment } from "../../env-files/process-environment";
import { withoutSecrets } from "../../env-files/secrets";
import { printableLines } from "../../jobs/printable";

/** The codes of the styles that this program uses: bold, dim, red, green, yellow, and their ends. */
const STYLE = /(\u001b\[(?:1|2|22|31|32|33|39)m)/;

/** Makes a text ready to be written. */
export type Clean = (text: string) => string;

/**
 * Makes the function that every text passes before it is written: it hides secrets, and shows characters that a terminal would
 * take as commands in their escaped form. Line breaks, tabs, and with colors the styles of this program, stay.
 *
 * @param colors whether standard output shows colors
 */
export function cleaner(env: ProcessEnvironment, colors: boolean): Clean {
  return (text) => {
    const shown = withoutSecrets(text, env);
    if (!colors) return printableLines(shown);
    return shown
      .split(STYLE)
      .map((part) => (STYLE.test(part) ? part : printableLines(part)))
      .join("");
  };
}
