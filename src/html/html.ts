import { html as template, raw } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { printableLines } from "../jobs/printable";

/** Text that is already HTML. */
export type Html = HtmlEscapedString;

type Part = string | number | null | undefined | Html | readonly Html[];

/**
 * A piece of HTML. It escapes every value that is not HTML yet, and shows invisible characters, such as those for the direction
 * of text, in their escaped form. Null and undefined become empty.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  // hono returns a promise only if a part is a promise.
  return template(literals, ...parts.map(visible)) as Html;
}

/** HTML of hono is a string object, not a string. */
function visible(part: Part): Part {
  return typeof part === "string" ? printableLines(part) : part;
}

/** Marks a text of this program as HTML, so that `html` does not escape it. */
export function trusted(text: string): Html {
  return raw(text);
}

/**
 * A page that is one file: it loads nothing and has no script.
 *
 * @param css the style sheet, a text of this program
 */
export function document(title: string, css: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${trusted(css)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html> `.toString();
}
