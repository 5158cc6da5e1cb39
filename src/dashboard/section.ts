import type { z } from "zod";
import { html, type Html } from "../html/html";
import { rowsOf, type Row } from "./rows";
import { whyLeftOut, type Need } from "./sources";
import { tableOf, type Column } from "./table";
import type { Warehouse } from "./warehouse";

/** A section of the page, which draws the rows of one query. */
export interface SectionOf<R extends Row> {
  /** The query in dbt/analyses/dashboard. */
  readonly query: string;
  /** The columns of the query. */
  readonly row: R;
  /** The heading, which states the content of the chart. */
  readonly title: string;
  /** The optional sources that the section needs. */
  readonly needs?: readonly Need[];
  /** The measure and the period of the chart. */
  readonly note: (rows: readonly z.output<R>[]) => string;
  readonly chart: (rows: readonly z.output<R>[], warehouse: Warehouse) => Html;
  readonly columns: readonly Column<z.output<R>>[];
}

export interface Section {
  readonly query: string;
  readonly needs: readonly Need[];
  readonly render: (warehouse: Warehouse, sourcesOn: readonly string[]) => Html;
}

/** Ties a section to the type of its rows. */
export function section<R extends Row>(parts: SectionOf<R>): Section {
  const needs = parts.needs ?? [];
  return {
    query: parts.query,
    needs,
    render: (warehouse, sourcesOn) => {
      const result = warehouse.get(parts.query);
      const content =
        result === undefined || result.missing.length > 0
          ? html`<p class="left-out">${whyLeftOut(needs, sourcesOn, result?.missing ?? [])}</p>`
          : contentOf(parts, rowsOf(warehouse, parts.query, parts.row), warehouse);
      return html`<section class="card" id="${parts.query}">
        <h2>${parts.title}</h2>
        ${content}
      </section>`;
    },
  };
}

function contentOf<R extends Row>(
  { title, note, chart, columns }: SectionOf<R>,
  rows: readonly z.output<R>[],
  warehouse: Warehouse,
): Html {
  if (rows.length === 0) return html`<p class="left-out">No rows yet.</p>`;
  return html`<p class="note">${note(rows)}</p>
    ${chart(rows, warehouse)} ${tableOf(title, columns, rows)}`;
}
