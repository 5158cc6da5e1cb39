import { html as template, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** Text that is HTML already. */
export type Html = HtmlEscapedString;

type Part = string | number | null | undefined | Html | readonly Html[];

/** A piece of HTML. It escapes every value that is not HTML already; null and undefined become nothing. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  // hono returns a promise only where a part is one.
  return template(literals, ...parts) as Html;
}

/** Marks a text that this program made as HTML, so that `html` does not escape it. */
export function trusted(text: string): Html {
  return raw(text);
}
