import { html, type Html } from "./html";
import { whyLeftOut, type Need } from "./sources";
import { tableOf, type Column } from "./table";
import type { Warehouse } from "./warehouse";

/** A part of the page that draws the rows of one query. */
export interface SectionOf<R> {
  /** The query in dbt/analyses/dashboard. */
  readonly query: string;
  /** What the chart shows, as a heading. */
  readonly title: string;
  /** The optional sources it needs. */
  readonly needs?: readonly Need[];
  /** What is counted, over which time. */
  readonly note: (rows: readonly R[]) => string;
  readonly chart: (rows: readonly R[], warehouse: Warehouse) => Html;
  readonly columns: readonly Column<R>[];
}

export interface Section {
  readonly query: string;
  readonly needs: readonly Need[];
  readonly render: (warehouse: Warehouse, sourcesOn: readonly string[]) => Html;
}

/** Ties a section to the type of its rows. */
export function section<R>(parts: SectionOf<R>): Section {
  const needs = parts.needs ?? [];
  return {
    query: parts.query,
    needs,
    render: (warehouse, sourcesOn) => {
      const result = warehouse.get(parts.query);
      const content =
        result === undefined || result.missing.length > 0
          ? html`<p class="left-out">${whyLeftOut(needs, sourcesOn, result?.missing ?? [])}</p>`
          : contentOf(parts, rowsOf(warehouse, parts.query) as readonly R[], warehouse);
      return html`<section class="card" id="${parts.query}">
        <h2>${parts.title}</h2>
        ${content}
      </section>`;
    },
  };
}

/** The rows of a query; none when it did not run. */
export function rowsOf(warehouse: Warehouse, query: string): readonly object[] {
  return warehouse.get(query)?.rows ?? [];
}

function contentOf<R>({ title, note, chart, columns }: SectionOf<R>, rows: readonly R[], warehouse: Warehouse): Html {
  if (rows.length === 0) return html`<p class="left-out">No rows yet.</p>`;
  return html`<p class="note">${note(rows)}</p>
    ${chart(rows, warehouse)} ${tableOf(title, columns, rows)}`;
}
