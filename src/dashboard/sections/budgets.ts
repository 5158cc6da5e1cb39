import { z } from "zod";
import { barGrid, figures, rows as rowsAxis } from "../axes";
import { chart, type Drawing, type Width } from "../chart";
import { inFull, inShort } from "../figures";
import { html } from "../../html/html";
import { legend } from "../legend";
import { section } from "../section";
import { AD_PLATFORMS, BUDGETS } from "../sources";
import { inWords, month } from "../words";

const budgetRow = z.object({
  month: z.string(),
  platform: z.string(),
  budget: z.number().nullable(),
  spend: z.number(),
  remaining: z.number().nullable(),
  /** 0 to 1. */
  elapsed_share: z.number(),
  expected_spend: z.number().nullable(),
  pacing: z.number().nullable(),
  pacing_status: z.enum(["on_track", "over", "under", "not_started", "no_budget"]),
});

type Budget = z.output<typeof budgetRow>;

const MARKS: Readonly<Record<Budget["pacing_status"], string>> = {
  on_track: "✓ on track",
  over: "▲ over",
  under: "▼ under",
  not_started: "not started",
  no_budget: "no budget",
};

/** The pace at which each platform uses the budget of the month. */
export const budgets = section({
  query: "budgets",
  row: budgetRow,
  title: "Is the month's budget spent at the right pace?",
  needs: [AD_PLATFORMS, BUDGETS],
  note: ([first]) =>
    `${month(first!.month)}, counted up to the newest day of the data, which is ` +
    `${inFull(100 * first!.elapsed_share, "percent")} of the month. ` +
    "The line is the expected cost at an even pace.",
  chart: (rows) => html`
    ${legend([
      { label: "Spent", colour: "var(--series-1)" },
      { label: "Budget of the month", colour: "var(--axis)", shape: "outline" },
      { label: "Expected by now", colour: "var(--ink)", shape: "line" },
    ])}
    ${chart("Spend and monthly budget of each platform", (width) => draw(rows, width))}
  `,
  columns: [
    { title: "Platform", text: (row) => inWords(row.platform) },
    { title: "Status", text: (row) => MARKS[row.pacing_status] },
    { title: "Spent", figure: (row) => [row.spend, "dollars"] },
    { title: "Budget", figure: (row) => [row.budget, "dollars"] },
    { title: "Expected by now", figure: (row) => [row.expected_spend, "dollars"] },
    { title: "Remaining", figure: (row) => [row.remaining, "dollars"] },
    { title: "Pacing", figure: (row) => [row.pacing, "ratio"] },
  ],
});

function draw(rows: readonly Budget[], width: Width): Drawing {
  const names = rows.map(({ platform, pacing_status }) => `${inWords(platform)}\n${MARKS[pacing_status]}`);
  const spent = rows.map(({ spend }) => inShort(spend, "dollars"));
  return {
    height: 48 * rows.length + 40,
    option: {
      grid: barGrid(4),
      xAxis: figures("dollars", "Amount", width),
      yAxis: [rowsAxis(names, width), { ...rowsAxis(spent, width), position: "right", axisLine: { show: false } }],
      series: [
        {
          type: "bar",
          barWidth: 26,
          barGap: "-100%",
          silent: true,
          itemStyle: { color: "var(--track)", borderColor: "var(--axis)", borderWidth: 1 },
          data: rows.map(({ platform, budget }) => ({
            value: budget ?? "-",
            name: `${inWords(platform)}: budget ${inFull(budget, "dollars")}`,
          })),
        },
        {
          type: "bar",
          barWidth: 14,
          // Centered on the wider bar of the budget.
          barGap: "-77%",
          z: 3,
          itemStyle: { color: "var(--series-1)" },
          data: rows.map(({ platform, spend, pacing }) => ({
            value: spend,
            name: `${inWords(platform)}: spent ${inFull(spend, "dollars")}, pacing ${inFull(pacing, "ratio")}`,
          })),
        },
        {
          type: "scatter",
          symbol: "rect",
          symbolSize: [3, 34],
          z: 4,
          itemStyle: { color: "var(--ink)", opacity: 1 },
          data: rows.map(({ platform, expected_spend }, i) => ({
            value: [expected_spend ?? "-", i],
            name: `${inWords(platform)}: expected by now ${inFull(expected_spend, "dollars")}`,
          })),
        },
      ],
    },
  };
}
