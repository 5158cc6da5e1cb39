import type { ColumnDifference, MartDifference } from "../../data-diff/difference";
import { document, html, type Html } from "../../html/html";
import { cell, headline, listsOf, readerLines, shapeLines, signed, type DataDiffReport } from "./data-diff-text";
import { PAGE_CSS } from "./page-style";

const CSS = `${PAGE_CSS}
body { max-width: 60rem; }
ul { margin: 0; padding-left: 1.2rem; }
.scroll { margin-top: 0.75rem; }
th, td { vertical-align: top; }
`;

/** A data diff as a page that loads nothing: what changed in the KPIs, then mart by mart. */
export function dataDiffPage(diff: DataDiffReport, writtenAt: Date): string {
  const heading = "What happens to the figures";
  return document(
    heading,
    CSS,
    html`<main>
        <h1>${heading}</h1>
        <p>${headline(diff)}</p>
        ${listsOf(diff).map(({ title, lines }) => sectionOf(title, listOf(lines)))}
        ${diff.marts.map((mart) => sectionOf(mart.name, martOf(mart, diff)))}
      </main>
      <footer>Written ${writtenAt.toISOString()} by dbt-job-manager diff-data.</footer>`,
  );
}

function sectionOf(title: string, content: Html): Html {
  return html`<section>
    <h2>${title}</h2>
    ${content}
  </section>`;
}

function listOf(lines: readonly string[]): Html {
  return html`<ul>
    ${lines.map((line) => html`<li>${line}</li>`)}
  </ul>`;
}

function martOf(mart: MartDifference, diff: DataDiffReport): Html {
  const lines = [...shapeLines(mart), ...readerLines(mart.name, diff)];
  const columns = mart.status === "compared" ? mart.columns : [];
  return html`${listOf(lines)}${columns.length > 0 ? tableOf(columns) : null}`;
}

function tableOf(columns: readonly ColumnDifference[]): Html {
  return html`<div class="scroll" role="region" aria-label="Columns that differ" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col" class="figure">Rows</th>
          <th scope="col" class="figure">Largest change</th>
          <th scope="col" class="figure">Mean change</th>
          <th scope="col">Examples</th>
        </tr>
      </thead>
      <tbody>
        ${columns.map(
          ({ name, changed, largest, mean, examples }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td class="figure">${cell(changed)}</td>
              <td class="figure">${largest === null ? "–" : cell(largest)}</td>
              <td class="figure">${mean === null ? "–" : signed(mean)}</td>
              <td>
                ${examples.map(
                  ({ key, before, after }) =>
                    html`<div>${key.map(cell).join(", ")}: ${cell(before)} → ${cell(after)}</div>`,
                )}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
