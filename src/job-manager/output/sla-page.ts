import { document, html, type Html } from "../../html/html";
import type { SlaReport } from "../run-history/report";
import { PAGE_CSS } from "./page-style";
import { SLA_HEADINGS, slaCells, slaClosing, slaHeadline, type SlaReports } from "./sla-text";
import { utc } from "./time";

const CSS = `${PAGE_CSS}
body { max-width: 70rem; }
th, td { white-space: nowrap; }
.timeline td { padding: 0.25rem 0.2rem; text-align: center; border: 1px solid Canvas; }
.met { background: #2a7d3f; color: white; }
.missed { background: #b3261e; color: white; font-weight: bold; }
`;

/** The reports as a page that loads nothing: figures, a timeline with a square for each day, and the missed deadlines. */
export function slaPage(shown: SlaReports, writtenAt: Date): string {
  const heading = slaHeadline(shown);
  const days = daysOf(shown.reports);
  return document(
    heading,
    CSS,
    html`<main>
        <h1>${heading}</h1>
        <p>${slaClosing(shown)}</p>
        ${scrolling("Figures", figures(shown.reports))}
        ${days.length > 0 ? scrolling("Timeline", timeline(shown.reports, days)) : null}
        ${shown.reports.filter(({ misses }) => misses.length > 0).map(missesOf)}
      </main>
      <footer>Written ${writtenAt.toISOString()} by dbt-job-manager sla. Days and times are in UTC.</footer>`,
  );
}

function scrolling(title: string, table: Html): Html {
  return html`<section>
    <h2>${title}</h2>
    <div class="scroll" role="region" aria-label="${title}" tabindex="0">${table}</div>
  </section>`;
}

function figures(reports: readonly SlaReport[]): Html {
  const figure = (i: number): string => (i < 2 ? "" : "figure");
  return html`<table>
    <thead>
      <tr>
        ${SLA_HEADINGS.map((text, i) => html`<th scope="col" class="${figure(i)}">${text}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${reports.map(
        (report) =>
          html`<tr>
            ${slaCells(report).map((text, i) => html`<td class="${figure(i)}">${text}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function timeline(reports: readonly SlaReport[], days: readonly string[]): Html {
  return html`<table class="timeline">
    <thead>
      <tr>
        <th scope="col">Day</th>
        ${days.map((day) => html`<th scope="col">${day.slice(5)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${reports.map(
        (report) =>
          html`<tr>
            <th scope="row">${slaCells(report)[0]}</th>
            ${days.map((day) => square(report, day))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A day of a report. It has a sign besides its color. */
function square({ deadlines, misses }: SlaReport, day: string): Html {
  const deadline = deadlines.find(({ at }) => dayOf(at) === day);
  if (!deadline) return html`<td title="no deadline"></td>`;
  const miss = misses.find((candidate) => candidate.deadline.at.getTime() === deadline.at.getTime());
  const time = utc(deadline.at).slice(-5);
  if (!miss) return html`<td class="met" title="${`${day} ${time}: met`}">✓</td>`;
  return html`<td class="missed" title="${`${day} ${time}: ${miss.words}`}">✗</td>`;
}

function missesOf(report: SlaReport): Html {
  return html`<section>
    <h2>${slaCells(report)[0]} missed</h2>
    <ul>
      ${report.misses.map(
        ({ deadline, words, url }) =>
          html`<li>${utc(deadline.at)}: ${words}${url === null ? null : html` (<a href="${url}">run</a>)`}</li>`,
      )}
    </ul>
  </section>`;
}

/** The days from the first to the last deadline. */
function daysOf(reports: readonly SlaReport[]): string[] {
  const days = reports.flatMap(({ deadlines }) => deadlines.map(({ at }) => dayOf(at))).sort();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const count = Math.round((Date.parse(last) - Date.parse(first)) / DAY) + 1;
  return Array.from({ length: count }, (_, i) => dayOf(new Date(Date.parse(first) + i * DAY)));
}

const DAY = 24 * 60 * 60 * 1000;

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
