import { inFull, type Unit } from "./figures";
import { html, type Html } from "../html/html";

/** A column of a table, which is a text or a figure with its unit. */
export interface Column<R> {
  readonly title: string;
  readonly text?: (row: R) => string | null;
  readonly figure?: (row: R) => readonly [value: number | null, unit: Unit];
}

/** The figures of a chart as a table, which is initially closed. */
export function tableOf<R>(title: string, columns: readonly Column<R>[], rows: readonly R[]): Html {
  return html`<details>
    <summary>Table: ${title}</summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col" class="${column.figure ? "figure" : ""}">${column.title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${columns.map((column) => cell(column, row))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function cell<R>({ text, figure }: Column<R>, row: R): Html {
  if (figure) return html`<td class="figure">${figureOf(...figure(row))}</td>`;
  return html`<td>${text?.(row) ?? "–"}</td>`;
}

/** A formatted figure, with its exact value for machines. */
export function figureOf(value: number | null, unit: Unit, written = inFull): Html {
  if (value === null) return html`${written(null, unit)}`;
  return html`<data value="${value}">${written(value, unit)}</data>`;
}
