import { z } from "zod";
import { barGrid, figures, rows as rowsAxis } from "../axes";
import { chart, type Drawing, type Width } from "../chart";
import { inFull, inShort } from "../figures";
import { html } from "../../html/html";
import { legend } from "../legend";
import { section } from "../section";
import { AD_PLATFORMS } from "../sources";
import { inWords, month } from "../words";

const channelRow = z.object({
  attribution_channel: z.string(),
  spend: z.number(),
  /** Null if the source touchpoints is off. */
  attributed_conversions: z.number().nullable(),
  attributed_revenue: z.number().nullable(),
  roas: z.number().nullable(),
  cpa: z.number().nullable(),
  cac: z.number().nullable(),
  first_month: z.string().nullable(),
  last_month: z.string().nullable(),
  attribution_model: z.string(),
});

type Channel = z.output<typeof channelRow>;

const SPEND = "var(--series-2)";
const REVENUE = "var(--series-1)";

/** The costs and the credited revenue of each channel. */
export const channels = section({
  query: "channels",
  row: channelRow,
  title: "What paid channels cost, and what they bring back",
  needs: [AD_PLATFORMS],
  note: ([first]) =>
    `${month(first!.first_month)} to ${month(first!.last_month)}; revenue as the ${inWords(first!.attribution_model).toLowerCase()} ` +
    "model credits it. ROAS is credited revenue / spend; below 1 the ads cost more than they return.",
  chart: (rows) => {
    const paid = rows.filter(({ spend }) => spend > 0);
    if (paid.length === 0) return html`<p class="left-out">No channel has costs.</p>`;
    return html`${legend([
      { label: "Spend", colour: SPEND },
      { label: "Credited revenue", colour: REVENUE },
    ])}
    ${chart("Spend and credited revenue of each paid channel", (width) => draw(paid, width))}`;
  },
  columns: [
    { title: "Channel", text: (row) => inWords(row.attribution_channel) },
    { title: "Spend", figure: (row) => [row.spend, "dollars"] },
    { title: "Credited revenue", figure: (row) => [row.attributed_revenue, "dollars"] },
    { title: "ROAS", figure: (row) => [row.roas, "ratio"] },
    { title: "Conversions", figure: (row) => [row.attributed_conversions, "conversions"] },
    { title: "Cost per conversion", figure: (row) => [row.cpa, "dollars"] },
    { title: "Cost per new customer", figure: (row) => [row.cac, "dollars"] },
  ],
});

function draw(paid: readonly Channel[], width: Width): Drawing {
  const bars = (title: string, colour: string, value: (row: Channel) => number | null) => ({
    type: "bar" as const,
    barWidth: 18,
    barGap: "15%",
    itemStyle: { color: colour, borderRadius: [0, 2, 2, 0] },
    label: {
      show: true,
      position: "right" as const,
      color: "var(--ink)",
      formatter: ({ dataIndex }: { dataIndex: number }) => inShort(value(paid[dataIndex]!), "dollars"),
    },
    data: paid.map((row) => ({
      value: value(row) ?? "-",
      name: `${inWords(row.attribution_channel)}: ${title} ${inFull(value(row), "dollars")}`,
    })),
  });
  return {
    height: 62 * paid.length + 40,
    option: {
      grid: barGrid(58),
      xAxis: figures("dollars", "Amount", width),
      yAxis: rowsAxis(
        paid.map(({ attribution_channel, roas }) => `${inWords(attribution_channel)}\nROAS ${inFull(roas, "ratio")}`),
        width,
      ),
      series: [
        bars("spend", SPEND, ({ spend }) => spend),
        bars("credited revenue", REVENUE, ({ attributed_revenue }) => attributed_revenue),
      ],
    },
  };
}
