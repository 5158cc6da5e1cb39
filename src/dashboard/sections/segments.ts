import { z } from "zod";
import { barGrid, figures, rows as rowsAxis } from "../axes";
import { chart, type Drawing, type Width } from "../chart";
import { inFull, type Unit } from "../figures";
import { html } from "../../html/html";
import { legend } from "../legend";
import { section } from "../section";
import { shareBars } from "../share-bars";

const segmentRow = z.object({
  customer_segment: z.string(),
  customers: z.number(),
  /** Null if so few are at high risk that the figure would tell about single people. */
  customers_at_high_risk: z.number().nullable(),
  customer_share: z.number().nullable(),
  revenue: z.number(),
  revenue_share: z.number().nullable(),
  revenue_per_customer: z.number().nullable(),
  marketing_action: z.string(),
});

type Segment = z.output<typeof segmentRow>;

const CUSTOMERS = "var(--series-2)";
const REVENUE = "var(--series-1)";

/** The share of customers and of revenue of each segment. */
export const segments = section({
  query: "segments",
  row: segmentRow,
  title: "Which customer segments bring the revenue",
  note: () =>
    "RFM segments of all customers with a successful order who may be profiled: share of customers and share of revenue.",
  chart: (rows) => html`
    ${legend([
      { label: "Share of customers", colour: CUSTOMERS },
      { label: "Share of revenue", colour: REVENUE },
    ])}
    ${chart("Share of customers and of revenue by segment", (width) => draw(rows, width))}
  `,
  columns: [
    { title: "Segment", text: (row) => row.customer_segment },
    { title: "Customers", figure: (row) => [row.customers, "customers"] },
    { title: "Share of customers", figure: (row) => [row.customer_share, "percent"] },
    { title: "Revenue", figure: (row) => [row.revenue, "dollars"] },
    { title: "Share of revenue", figure: (row) => [row.revenue_share, "percent"] },
    { title: "Revenue per customer", figure: (row) => [row.revenue_per_customer, "dollars"] },
    { title: "At high risk of churn", figure: (row) => [row.customers_at_high_risk, "customers"] },
    { title: "Most frequent action", text: (row) => row.marketing_action },
  ],
});

function draw(rows: readonly Segment[], width: Width): Drawing {
  const bars = (
    colour: string,
    share: (row: Segment) => number | null,
    amount: (row: Segment) => readonly [number, Unit],
  ) =>
    shareBars(
      rows,
      colour,
      share,
      (row) =>
        `${row.customer_segment}: ${amount(row)[1]} ${inFull(...amount(row))}, ${inFull(share(row), "percent")} of all`,
    );
  return {
    height: 44 * rows.length + 40,
    option: {
      grid: barGrid(48),
      xAxis: figures("percent", "Share of all", width),
      yAxis: rowsAxis(
        rows.map(({ customer_segment }) => customer_segment),
        width,
      ),
      series: [
        bars(
          CUSTOMERS,
          ({ customer_share }) => customer_share,
          ({ customers }) => [customers, "customers"],
        ),
        bars(
          REVENUE,
          ({ revenue_share }) => revenue_share,
          ({ revenue }) => [revenue, "dollars"],
        ),
      ],
    },
  };
}
