import { html as template } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { visible } from "./visible";

/** Text that is HTML already. */
export type Html = HtmlEscapedString;

type Part = string | number | null | undefined | Html | readonly Html[];

/**
 * A piece of HTML. It escapes every value that is not HTML already, and writes hidden characters as their codes. Null and
 * undefined become nothing.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  // hono returns a promise only when a part is one.
  return template(literals, ...parts.map(shown)) as Html;
}

function shown(part: Part): Part {
  // HTML is a string object with a mark. Its parts were shown before.
  return typeof part === "string" && !("isEscaped" in Object(part)) ? visible(part) : part;
}
