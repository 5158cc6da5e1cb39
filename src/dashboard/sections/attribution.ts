import { z } from "zod";
import { chart, type Drawing, type Width } from "../chart";
import { barGrid, rows as rowsAxis, shares } from "../axes";
import { inFull } from "../figures";
import { html } from "../html";
import { legend } from "../legend";
import { section } from "../section";
import { TOUCHPOINTS } from "../sources";
import { inWords } from "../words";

const creditRow = z.object({
  attribution_model: z.string(),
  attribution_channel: z.string(),
  /** Null for revenue without touches. */
  channel_rank: z.number().nullable(),
  credited_conversions: z.number(),
  credited_revenue: z.number(),
  revenue_share: z.number().nullable(),
});

type Credit = z.output<typeof creditRow>;

/** The order of models: from models of one touch to models of all journeys. */
const MODELS = ["first_touch", "last_touch", "linear", "time_decay", "position_based", "markov", "shapley"];
/** Labels of smaller shares do not fit. */
const LEAST_LABELLED = { wide: 6, narrow: 8 } as const;

/** The share of revenue of each channel, by attribution model. */
export const attribution = section({
  query: "attribution",
  row: creditRow,
  title: "Which channels earn the revenue, by attribution model",
  needs: [TOUCHPOINTS],
  note: () =>
    "Share of the revenue of all successful orders. Each row distributes the same revenue by a different rule.",
  chart: (credits) => {
    const channels = [...new Map(credits.map((credit) => [credit.attribution_channel, credit])).values()];
    return html`${legend(channels.map((channel) => ({ label: inWords(channel.attribution_channel), colour: colourOf(channel) })))}
    ${chart("Shares of revenue by channel, one bar for each attribution model", (width) => draw(credits, channels, width))}`;
  },
  columns: [
    { title: "Model", text: (row) => inWords(row.attribution_model) },
    { title: "Channel", text: (row) => inWords(row.attribution_channel) },
    { title: "Share of revenue", figure: (row) => [row.revenue_share, "percent"] },
    { title: "Credited revenue", figure: (row) => [row.credited_revenue, "dollars"] },
    { title: "Credited conversions", figure: (row) => [row.credited_conversions, "conversions"] },
  ],
});

function draw(credits: readonly Credit[], channels: readonly Credit[], width: Width): Drawing {
  const models = MODELS.filter((model) => credits.some(({ attribution_model }) => attribution_model === model));
  return {
    height: 34 * models.length + 40,
    option: {
      grid: barGrid(12),
      xAxis: shares("Share of revenue", width),
      yAxis: rowsAxis(models.map(inWords), width),
      series: channels.map((channel) => ({
        type: "bar",
        stack: "shares",
        barWidth: 24,
        itemStyle: { color: colourOf(channel), borderColor: "var(--card)", borderWidth: 1 },
        data: models.map((model) => {
          const credit = credits.find(
            (one) => one.attribution_model === model && one.attribution_channel === channel.attribution_channel,
          );
          const share = credit?.revenue_share ?? 0;
          return {
            value: share,
            name: `${inWords(channel.attribution_channel)}, ${inWords(model)}: ${inFull(share, "percent")}, ${inFull(credit?.credited_revenue ?? 0, "dollars")}`,
            label: {
              show: share >= LEAST_LABELLED[width],
              formatter: share.toFixed(0),
              color: inkOn(channel),
              fontSize: 11,
            },
          };
        }),
      })),
    },
  };
}

function colourOf({ channel_rank }: Credit): string {
  return channel_rank === null ? "var(--no-channel)" : `var(--channel-${channel_rank})`;
}

function inkOn({ channel_rank }: Credit): string {
  return `var(--channel-${channel_rank ?? "none"}-ink, var(--ink-on-channel))`;
}
