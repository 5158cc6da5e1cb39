import { z } from "zod";
import { barGrid, figures, rows as rowsAxis } from "../axes";
import { chart, type Drawing, type Width } from "../chart";
import { inFull, inShort } from "../figures";
import { section } from "../section";
import { inWords } from "../words";

const stageRow = z.object({
  stage: z.string(),
  people: z.number(),
  /** Customers without a touch, who are in no stage before their order; null if they are too few to be shown. */
  people_without_touch: z.number().nullable(),
  /** Percentage of the previous stage; null for the first stage. */
  step_conversion_rate: z.number().nullable(),
  overall_conversion_rate: z.number().nullable(),
});

type Stage = z.output<typeof stageRow>;

/** The number of people who reach each stage. */
export const funnel = section({
  query: "funnel",
  row: stageRow,
  title: "How far people come, from the first touch to loyalty",
  note: (rows) => {
    const others = Math.max(...rows.map((row) => row.people_without_touch ?? 0));
    const without = others > 0 ? ` ${inFull(others, "people")} more customers ordered without a known touch.` : "";
    return `All people to date. Each stage is a subset of the previous one. Percentages are of the previous stage.${without}`;
  },
  chart: (rows) => chart("People who reached each stage of the acquisition funnel", (width) => draw(rows, width)),
  columns: [
    { title: "Stage", text: (row) => inWords(row.stage) },
    { title: "People", figure: (row) => [row.people, "people"] },
    { title: "Without a touch", figure: (row) => [row.people_without_touch, "people"] },
    { title: "Of the previous stage", figure: (row) => [row.step_conversion_rate, "percent"] },
    { title: "Of all", figure: (row) => [row.overall_conversion_rate, "percent"] },
  ],
});

function draw(rows: readonly Stage[], width: Width): Drawing {
  const rate = ({ step_conversion_rate }: Stage): string =>
    step_conversion_rate === null ? "" : ` · ${inShort(step_conversion_rate, "percent")}`;
  return {
    height: 38 * rows.length + 40,
    option: {
      grid: barGrid(92),
      xAxis: figures("people", "People", width),
      yAxis: rowsAxis(
        rows.map(({ stage }) => inWords(stage)),
        width,
      ),
      series: [
        {
          type: "bar",
          barWidth: 24,
          itemStyle: { color: "var(--series-1)", borderRadius: [0, 2, 2, 0] },
          label: {
            show: true,
            position: "right",
            color: "var(--ink)",
            formatter: ({ dataIndex }) => `${inShort(rows[dataIndex]!.people, "people")}${rate(rows[dataIndex]!)}`,
          },
          data: rows.map((row) => ({
            value: row.people,
            name: `${inWords(row.stage)}: ${inFull(row.people, "people")} people, ${inFull(row.overall_conversion_rate, "percent")} of all`,
          })),
        },
      ],
    },
  };
}
