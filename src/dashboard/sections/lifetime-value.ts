import { z } from "zod";
import { barGrid, figures, rows as rowsAxis } from "../axes";
import { chart, type Drawing, type Width } from "../chart";
import { inFull, inShort } from "../figures";
import { html } from "../../html/html";
import { legend } from "../legend";
import { section } from "../section";
import { inWords } from "../words";

const channelRow = z.object({
  acquisition_channel: z.string(),
  customers: z.number(),
  spend: z.number().nullable(),
  cac: z.number().nullable(),
  value_to_date: z.number().nullable(),
  predicted_value_52w: z.number().nullable(),
  ltv_to_cac: z.number().nullable(),
  payback_months: z.number().nullable(),
  cohorts_paid_back: z.number(),
  cohorts_with_costs: z.number(),
});

type Channel = z.output<typeof channelRow>;

const SO_FAR = "var(--series-1)";
const FORECAST = "var(--series-2)";

/** The value of a new customer of each channel, beside the cost of winning one. */
export const lifetimeValue = section({
  query: "lifetime_value",
  row: channelRow,
  title: "What a new customer of each channel costs and is worth",
  note: () =>
    "Customers of the last 12 months by the channel of their first touch: mean value so far, and forecast of the next " +
    "52 weeks, discounted. The line is the cost of winning a customer, where costs are known.",
  chart: (rows) => html`
    ${legend([
      { label: "Value so far", colour: SO_FAR },
      { label: "Forecast of 52 weeks", colour: FORECAST },
      { label: "Cost of a new customer", colour: "var(--ink)", shape: "line" },
    ])}
    ${chart("Cost and value of a new customer by channel", (width) => draw(rows, width))}
  `,
  columns: [
    { title: "Channel", text: (row) => inWords(row.acquisition_channel) },
    { title: "New customers", figure: (row) => [row.customers, "customers"] },
    { title: "Costs", figure: (row) => [row.spend, "dollars"] },
    { title: "Cost of a customer (CAC)", figure: (row) => [row.cac, "dollars"] },
    { title: "Value so far", figure: (row) => [row.value_to_date, "dollars"] },
    { title: "Forecast of 52 weeks", figure: (row) => [row.predicted_value_52w, "dollars"] },
    { title: "LTV / CAC", figure: (row) => [row.ltv_to_cac, "ratio"] },
    { title: "Mean months to pay back", figure: (row) => [row.payback_months, "ratio"] },
    {
      title: "Months with costs that are paid back",
      text: (row) => (row.cohorts_with_costs > 0 ? `${row.cohorts_paid_back} of ${row.cohorts_with_costs}` : null),
    },
  ],
});

function draw(rows: readonly Channel[], width: Width): Drawing {
  const bars = (colour: string, label: string, value: (row: Channel) => number | null) => ({
    type: "bar" as const,
    stack: "value",
    barWidth: 16,
    itemStyle: { color: colour },
    data: rows.map((row) => ({
      value: value(row) ?? "-",
      name: `${inWords(row.acquisition_channel)}: ${label} ${inFull(value(row), "dollars")}, ${inFull(row.customers, "customers")} customers`,
    })),
  });
  const names = rows.map(({ acquisition_channel }) => inWords(acquisition_channel));
  const ratios = rows.map(({ ltv_to_cac }) => (ltv_to_cac === null ? "" : `${inShort(ltv_to_cac, "ratio")} × CAC`));
  return {
    height: 40 * rows.length + 40,
    option: {
      grid: barGrid(4),
      xAxis: figures("dollars", "Per customer", width),
      yAxis: [rowsAxis(names, width), { ...rowsAxis(ratios, width), position: "right", axisLine: { show: false } }],
      series: [
        bars(SO_FAR, "value so far", ({ value_to_date }) => value_to_date),
        bars(FORECAST, "forecast of 52 weeks", ({ predicted_value_52w }) => predicted_value_52w),
        {
          type: "scatter",
          symbol: "rect",
          symbolSize: [3, 26],
          z: 4,
          itemStyle: { color: "var(--ink)", opacity: 1 },
          data: rows.map(({ acquisition_channel, cac }, i) => ({
            value: [cac ?? "-", i],
            name: `${inWords(acquisition_channel)}: a new customer costs ${inFull(cac, "dollars")}`,
          })),
        },
      ],
    },
  };
}
