import { z } from "zod";
import { barGrid, figures, rows as rowsAxis } from "../axes";
import { chart, type Drawing, type Width } from "../chart";
import { inFull } from "../figures";
import { html } from "../../html/html";
import { legend } from "../legend";
import { section } from "../section";
import { shareBars } from "../share-bars";

const bandRow = z.object({
  churn_risk: z.enum(["High", "Medium", "Low"]),
  churn_horizon_days: z.number(),
  customers: z.number(),
  customer_share: z.number().nullable(),
  expected_purchases_13w: z.number().nullable(),
  predicted_value_52w: z.number().nullable(),
  predicted_value_share: z.number().nullable(),
});

type Band = z.output<typeof bandRow>;

const CUSTOMERS = "var(--series-2)";
const VALUE = "var(--series-1)";

/** The customers in each band of churn, and the value that is at risk. */
export const churn = section({
  query: "churn",
  row: bandRow,
  title: "How many customers will probably not come back",
  note: ([first]) =>
    `Customers by the probability of no purchase in the next ${first!.churn_horizon_days} days: their share of all ` +
    "customers, and their share of the forecast value of 52 weeks.",
  chart: (rows) => html`
    ${legend([
      { label: "Share of customers", colour: CUSTOMERS },
      { label: "Share of forecast value", colour: VALUE },
    ])}
    ${chart("Share of customers and of forecast value by churn risk", (width) => draw(rows, width))}
  `,
  columns: [
    { title: "Churn risk", text: (row) => row.churn_risk },
    { title: "Customers", figure: (row) => [row.customers, "customers"] },
    { title: "Share of customers", figure: (row) => [row.customer_share, "percent"] },
    { title: "Purchases expected in 13 weeks", figure: (row) => [row.expected_purchases_13w, "conversions"] },
    { title: "Forecast value of 52 weeks", figure: (row) => [row.predicted_value_52w, "dollars"] },
    { title: "Share of forecast value", figure: (row) => [row.predicted_value_share, "percent"] },
  ],
});

function draw(rows: readonly Band[], width: Width): Drawing {
  const bars = (colour: string, label: string, share: (row: Band) => number | null) =>
    shareBars(rows, colour, share, (row) => `${row.churn_risk} risk: ${inFull(share(row), "percent")} of ${label}`);
  const names = rows.map(({ churn_risk, customers }) => `${churn_risk}\n${inFull(customers, "customers")} customers`);
  return {
    height: 52 * rows.length + 40,
    option: {
      grid: barGrid(48),
      xAxis: figures("percent", "Share of all", width),
      yAxis: rowsAxis(names, width),
      series: [
        bars(CUSTOMERS, "the customers", ({ customer_share }) => customer_share),
        bars(VALUE, "the forecast value", ({ predicted_value_share }) => predicted_value_share),
      ],
    },
  };
}
