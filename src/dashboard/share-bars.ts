import type { BarSeriesOption } from "echarts";
import { inShort } from "./figures";

/**
 * Horizontal bars of a share in percent, with the share at the end of each bar.
 *
 * @param share the share of a row; null leaves out its bar
 * @param words the words about a bar, for the reader who points at it
 */
export function shareBars<Row>(
  rows: readonly Row[],
  colour: string,
  share: (row: Row) => number | null,
  words: (row: Row) => string,
): BarSeriesOption {
  return {
    type: "bar",
    barWidth: 14,
    barGap: "10%",
    itemStyle: { color: colour, borderRadius: [0, 2, 2, 0] },
    label: {
      show: true,
      position: "right",
      color: "var(--ink)",
      fontSize: 11,
      formatter: ({ dataIndex }) => inShort(share(rows[dataIndex]!), "percent"),
    },
    data: rows.map((row) => ({ value: share(row) ?? "-", name: words(row) })),
  };
}
