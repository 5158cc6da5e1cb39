import { z } from "zod";
import { barGrid, figures, rows as rowsAxis } from "../axes";
import { chart, type Drawing, type Width } from "../chart";
import { inFull } from "../figures";
import { html, type Html } from "../../html/html";
import { legend } from "../legend";
import { section } from "../section";

const decileRow = z.object({
  /** 0 for all customers. */
  decile: z.number(),
  customers: z.number(),
  backtests: z.number(),
  method: z.string(),
  predicted_purchases: z.number(),
  actual_purchases: z.number(),
  bias_rate: z.number().nullable(),
  /** Mean absolute error in purchases per customer; that of the naive forecast only for all customers. */
  model_error: z.number().nullable(),
  naive_error: z.number().nullable(),
  predicted_churn_rate: z.number().nullable(),
  actual_churn_rate: z.number().nullable(),
});

type Decile = z.output<typeof decileRow>;

const PREDICTED = "var(--series-2)";
const ACTUAL = "var(--series-1)";

/** How well the forecasts of earlier days predicted what happened after them. */
export const forecastAccuracy = section({
  query: "forecast_accuracy",
  row: decileRow,
  title: "How far the forecast of purchases can be trusted",
  note: ([all]) =>
    `Forecasts as of ${all!.backtests} earlier days, each compared with the 13 weeks after it. Tenth 1 has the ` +
    "customers with the most expected purchases.",
  chart: (rows) => html`
    ${verdict(rows)}
    ${legend([
      { label: "Expected purchases", colour: PREDICTED },
      { label: "Actual purchases", colour: ACTUAL },
    ])}
    ${chart("Expected and actual purchases by tenth of the customers", (width) => draw(tenths(rows), width))}
  `,
  columns: [
    { title: "Tenth", text: (row) => (row.decile === 0 ? "all" : String(row.decile)) },
    { title: "Forecasts of customers", figure: (row) => [row.customers, "customers"] },
    { title: "Expected purchases", figure: (row) => [row.predicted_purchases, "conversions"] },
    { title: "Actual purchases", figure: (row) => [row.actual_purchases, "conversions"] },
    { title: "Bias", figure: (row) => [row.bias_rate, "percent"] },
    { title: "Mean error per customer", figure: (row) => [row.model_error, "ratio"] },
    { title: "Mean error of the naive forecast", figure: (row) => [row.naive_error, "ratio"] },
    { title: "Expected churn", figure: (row) => [row.predicted_churn_rate, "percent"] },
    { title: "Actual churn", figure: (row) => [row.actual_churn_rate, "percent"] },
  ],
});

function tenths(rows: readonly Decile[]): readonly Decile[] {
  return rows.filter(({ decile }) => decile > 0);
}

/** Whether the forecast beats the naive one, in a sentence, and what to do if it does not. */
function verdict([all]: readonly Decile[]): Html {
  const { model_error: ours, naive_error: naive, bias_rate, method } = all!;
  if (ours === null || naive === null) return html``;
  const errors = html`The mean error is ${inFull(ours, "ratio")} purchases per customer; the naive forecast, that the
  next 13 weeks are as the last 13 weeks, has ${inFull(naive, "ratio")}.`;
  if (ours < naive) {
    return html`<p class="note">
      <strong>✓ The forecast is better than the naive one.</strong> ${errors} ${bias(bias_rate)}
    </p>`;
  }
  return html`<p class="banner" role="status">
    <strong>! The forecast is not better than the naive one.</strong> ${errors} Plan with the purchases of the last 13
    weeks until it is, and do not use the value of single customers. ${nextStep(method)}
  </p>`;
}

function bias(rate: number | null): string {
  if (rate === null) return "";
  return `All forecasts together expected ${inFull(Math.abs(rate), "percent")} too ${rate < 0 ? "few" : "many"} purchases.`;
}

function nextStep(method: string): string {
  return method === "heuristic"
    ? "No parameters were fitted: run npm run ltv:fit."
    : "Fit new parameters with npm run ltv:fit, and look for a change of prices, seasons or tracking.";
}

function draw(rows: readonly Decile[], width: Width): Drawing {
  const bars = (colour: string, label: string, value: (row: Decile) => number) => ({
    type: "bar" as const,
    barWidth: 9,
    barGap: "10%",
    itemStyle: { color: colour, borderRadius: [0, 2, 2, 0] },
    data: rows.map((row) => ({
      value: value(row),
      name: `Tenth ${row.decile}: ${inFull(value(row), "conversions")} ${label} purchases`,
    })),
  });
  return {
    height: 30 * rows.length + 40,
    option: {
      grid: barGrid(8),
      xAxis: figures("conversions", "Purchases", width),
      yAxis: rowsAxis(
        rows.map(({ decile }) => `Tenth ${decile}`),
        width,
      ),
      series: [
        bars(PREDICTED, "expected", ({ predicted_purchases }) => predicted_purchases),
        bars(ACTUAL, "actual", ({ actual_purchases }) => actual_purchases),
      ],
    },
  };
}
