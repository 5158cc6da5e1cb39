import { z } from "zod";
import { inFull } from "../figures";
import { html, type Html } from "../../html/html";
import { section } from "../section";
import { month } from "../words";

const cohortRow = z.object({
  cohort_month: z.string(),
  cohort_size: z.number(),
  months_since_first_purchase: z.number(),
  retention_rate: z.number(),
  is_complete: z.boolean(),
});

type Cohort = z.output<typeof cohortRow>;

/** The percentage of the new customers of a month who buy again in later months. */
export const cohorts = section({
  query: "cohorts",
  row: cohortRow,
  title: "How many customers come back after their first purchase",
  note: () =>
    "Percentage of a month's new customers who bought again in later months. A stronger color is a higher percentage. " +
    "Months with a dashed frame are not over yet.",
  chart: heatMap,
  columns: [
    { title: "First purchase", text: (row) => month(row.cohort_month) },
    { title: "Months later", text: (row) => String(row.months_since_first_purchase) },
    { title: "Customers won", figure: (row) => [row.cohort_size, "customers"] },
    { title: "Bought again", figure: (row) => [row.retention_rate, "percent"] },
    { title: "Month is over", text: (row) => (row.is_complete ? "yes" : "no") },
  ],
});

function heatMap(rows: readonly Cohort[]): Html {
  const later = rows.filter(({ months_since_first_purchase: age }) => age > 0);
  const ages = [...new Set(later.map(({ months_since_first_purchase: age }) => age))].sort((a, b) => a - b);
  const first = rows.filter(({ months_since_first_purchase: age }) => age === 0);
  // The highest rate has the strongest color, so that differences are visible.
  const most = Math.max(...later.map(({ retention_rate }) => retention_rate), 1);
  const cell = (cohort: Cohort, age: number): Html => {
    const row = later.find(
      (one) => one.cohort_month === cohort.cohort_month && one.months_since_first_purchase === age,
    );
    if (row === undefined) return html`<td></td>`;
    const title = `${month(row.cohort_month)}, ${age} months later: ${inFull(row.retention_rate, "percent")}`;
    return html`<td
      class="heat ${row.is_complete ? "" : "running"}"
      style="--heat:${((100 * row.retention_rate) / most).toFixed(0)}%"
      title="${title}"
    >
      <data value="${row.retention_rate}">${row.retention_rate.toFixed(0)}</data>
    </td>`;
  };
  return html`<table class="heat-map">
    <thead>
      <tr>
        <th scope="col" rowspan="2">First purchase</th>
        <th scope="col" rowspan="2" class="size">Customers</th>
        <th scope="colgroup" colspan="${ages.length}">Months later (%)</th>
      </tr>
      <tr>
        ${ages.map((age) => html`<th scope="col">${age}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${first.map(
        (cohort) =>
          html`<tr>
            <th scope="row">${month(cohort.cohort_month)}</th>
            <td class="size">${inFull(cohort.cohort_size, "customers")}</td>
            ${ages.map((age) => cell(cohort, age))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
