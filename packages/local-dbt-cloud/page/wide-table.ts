import { html, type Html } from "./html";

/**
 * A table that scrolls sideways where it is wider than the screen.
 *
 * @param rows the rows of the body, each a `tr`
 * @param look the class of the table; default: none
 */
export function wideTable(headings: readonly string[], rows: readonly Html[], look?: string): Html {
  return html`<div class="wide">
    <table${look === undefined ? "" : html` class="${look}"`}>
      <thead>
        <tr>
          ${headings.map((heading) => html`<th>${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
