import { z } from "zod";
import { inFull } from "../figures";
import { html, type Html } from "../../html/html";
import { section } from "../section";
import { TOUCHPOINTS } from "../sources";
import { inWords } from "../words";

const creditRow = z.object({
  attribution_model: z.string(),
  attribution_channel: z.string(),
  credited_conversions: z.number(),
  credited_revenue: z.number(),
  revenue_share: z.number().nullable(),
});

type Credit = z.output<typeof creditRow>;

/** The order of models, from models of one touch to models of all journeys, with the short names of the columns. */
const MODELS: Readonly<Record<string, string>> = {
  first_touch: "First",
  last_touch: "Last",
  last_non_direct: "Non-direct",
  linear: "Linear",
  time_decay: "Decay",
  position_based: "Position",
  markov: "Markov",
  shapley: "Shapley",
};

/** Where the attribution models agree about a channel, and where they do not. */
export const attribution = section({
  query: "attribution",
  row: creditRow,
  title: "Which channels earn the revenue, and where the attribution models disagree",
  needs: [TOUCHPOINTS],
  note: (credits) =>
    "Percentage of the revenue of all successful orders. Each column distributes the same revenue by a different rule. " +
    `Blue is above the channel's mean of all models, orange is below. ${mostDisputed(credits)}`,
  chart: differences,
  columns: [
    { title: "Model", text: (row) => inWords(row.attribution_model) },
    { title: "Channel", text: (row) => inWords(row.attribution_channel) },
    { title: "Share of revenue", figure: (row) => [row.revenue_share, "percent"] },
    { title: "Credited revenue", figure: (row) => [row.credited_revenue, "dollars"] },
    { title: "Credited conversions", figure: (row) => [row.credited_conversions, "conversions"] },
  ],
});

/** A channel with its credits of all models. */
interface Channel {
  readonly name: string;
  readonly credits: readonly Credit[];
  /** Mean, lowest and highest share of revenue of all models, as percentages. */
  readonly mean: number;
  readonly lowest: Credit;
  readonly highest: Credit;
  /** Percentage points from the lowest to the highest share. */
  readonly spread: number;
}

const shareOf = ({ revenue_share }: Credit): number => revenue_share ?? 0;

/** The channels in the order of the rows. */
function channelsOf(rows: readonly Credit[]): readonly Channel[] {
  const names = [...new Set(rows.map(({ attribution_channel }) => attribution_channel))];
  return names.map((name) => {
    const credits = rows.filter(({ attribution_channel }) => attribution_channel === name);
    const sorted = [...credits].sort((one, other) => shareOf(one) - shareOf(other));
    const [lowest, highest] = [sorted[0]!, sorted.at(-1)!];
    const mean = credits.reduce((sum, credit) => sum + shareOf(credit), 0) / credits.length;
    return { name, credits, mean, lowest, highest, spread: shareOf(highest) - shareOf(lowest) };
  });
}

function mostDisputed(rows: readonly Credit[]): string {
  const [first, ...others] = channelsOf(rows);
  if (first === undefined) return "";
  const { name, lowest, highest, spread } = others.reduce(
    (most, one) => (one.spread > most.spread ? one : most),
    first,
  );
  // A tenth of a point is what the page shows.
  if (spread < 0.1) return "All models agree.";
  const side = (credit: Credit): string =>
    `${inFull(credit.revenue_share, "percent")} (${inWords(credit.attribution_model)})`;
  return `They differ most about ${inWords(name)}: from ${side(lowest)} to ${side(highest)}.`;
}

function differences(rows: readonly Credit[]): Html {
  const channels = channelsOf(rows);
  const models = Object.keys(MODELS).filter((model) => rows.some((row) => row.attribution_model === model));
  // The largest distance from a mean has the strongest color, so that differences are visible.
  const most = Math.max(
    ...channels.flatMap(({ credits, mean }) => credits.map((one) => Math.abs(shareOf(one) - mean))),
    0.1,
  );
  const cell = ({ name, credits, mean }: Channel, model: string): Html => {
    const credit = credits.find(({ attribution_model }) => attribution_model === model);
    if (credit === undefined) return html`<td></td>`;
    const distance = shareOf(credit) - mean;
    const title = `${inWords(name)}, ${inWords(model)}: ${inFull(credit.revenue_share, "percent")}, ${inFull(credit.credited_revenue, "dollars")}`;
    return html`<td
      class="heat ${distance < 0 ? "below" : ""}"
      style="--heat:${((100 * Math.abs(distance)) / most).toFixed(0)}%"
      title="${title}"
    >
      <data value="${credit.revenue_share ?? ""}">${shareOf(credit).toFixed(1)}</data>
    </td>`;
  };
  return html`<table class="heat-map by-name">
    <thead>
      <tr>
        <th scope="col">Channel</th>
        ${models.map((model) => html`<th scope="col" title="${inWords(model)}">${MODELS[model]}</th>`)}
        <th scope="col" class="spread" title="Percentage points from the lowest to the highest model">Spread</th>
      </tr>
    </thead>
    <tbody>
      ${channels.map(
        (channel) =>
          html`<tr>
            <th scope="row">${inWords(channel.name)}</th>
            ${models.map((model) => cell(channel, model))}
            <td class="spread">${channel.spread.toFixed(1)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
