import { html as template, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { printableLines } from "../jobs/printable";

/** Text that is HTML already. */
export type Html = HtmlEscapedString;

type Part = string | number | null | undefined | Html | readonly Html[];

/**
 * A piece of HTML. It escapes every value that is not HTML already, and shows invisible characters, such as those for the direction
 * of text, in their escaped form. Null and undefined become nothing.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  // hono returns a promise only where a part is one.
  return template(literals, ...parts.map(visible)) as Html;
}

/** HTML of hono is a string object, not a string. */
function visible(part: Part): Part {
  return typeof part === "string" ? printableLines(part) : part;
}

/** Marks a text that this program made as HTML, so that `html` does not escape it. */
export function trusted(text: string): Html {
  return raw(text);
}
