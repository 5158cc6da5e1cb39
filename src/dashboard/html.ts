import { html as template, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** Text that is already HTML. */
export type Html = HtmlEscapedString;

type Part = string | number | null | undefined | Html | readonly Html[];

/** A piece of HTML. It escapes every value that is not HTML yet. Null and undefined become empty. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  // hono returns a promise only if a part is a promise.
  return template(literals, ...parts) as Html;
}

/** Marks a text of this program as HTML, so that `html` does not escape it. */
export function trusted(text: string): Html {
  return raw(text);
}
