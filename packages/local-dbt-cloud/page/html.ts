import { html as template } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** Text that is HTML already. */
export type Html = HtmlEscapedString;

type Part = string | number | null | undefined | Html | readonly Html[];

/** A piece of HTML. It escapes every value that is not HTML already. Null and undefined become nothing. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  // hono returns a promise only when a part is one.
  return template(literals, ...parts) as Html;
}
