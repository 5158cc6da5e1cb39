import { z } from "zod";
import { barGrid, figures, rows as rowsAxis, shares } from "../axes";
import { chart, type Drawing, type Width } from "../chart";
import { inFull, inShort } from "../figures";
import { html } from "../../html/html";
import { legend } from "../legend";
import { rowsOf } from "../rows";
import { section } from "../section";
import type { Warehouse } from "../warehouse";

const productRow = z.object({
  /** Null for all products after the twentieth. */
  product_name: z.string().nullable(),
  abc_category: z.string().nullable(),
  products: z.number(),
  revenue: z.number(),
  revenue_share: z.number().nullable(),
  cumulative_revenue_share: z.number().nullable(),
});

type Product = z.output<typeof productRow>;

const categoryRow = z.object({
  abc_category: z.string(),
  products: z.number(),
  revenue_share: z.number().nullable(),
});

const LINE = "var(--ink)";
const COLOURS: Readonly<Record<string, string>> = { A: "var(--series-1)", B: "var(--series-2)", C: "var(--series-3)" };

/** The Pareto chart of the ABC analysis. */
export const products = section({
  query: "products",
  row: productRow,
  title: "How few products make most of the revenue",
  note: () => "ABC analysis of all products by revenue. Bars are revenue, the line adds up their shares.",
  chart: (rows, warehouse) => html`
    ${legend([...categories(warehouse), { label: "Cumulative share", colour: LINE, shape: "line" }])}
    ${chart("Revenue of each product, and the cumulative share of revenue", (width) => draw(rows, width))}
  `,
  columns: [
    { title: "Product", text: nameOf },
    { title: "Category", text: (row) => row.abc_category },
    { title: "Revenue", figure: (row) => [row.revenue, "dollars"] },
    { title: "Share of revenue", figure: (row) => [row.revenue_share, "percent"] },
    { title: "Cumulative share", figure: (row) => [row.cumulative_revenue_share, "percent"] },
  ],
});

function categories(warehouse: Warehouse): { label: string; colour: string }[] {
  const rows = rowsOf(warehouse, "abc_categories", categoryRow);
  return rows.map(({ abc_category, products: count, revenue_share }) => ({
    label: `${abc_category}: ${inShort(count, "products")} products, ${inShort(revenue_share, "percent")} of revenue`,
    colour: colourOf(abc_category),
  }));
}

function draw(rows: readonly Product[], width: Width): Drawing {
  return {
    height: 21 * rows.length + 82,
    option: {
      grid: barGrid(12, 40),
      xAxis: [
        figures("dollars", "Revenue", width),
        { ...shares("Cumulative share", width), position: "top", splitLine: { show: false } },
      ],
      yAxis: rowsAxis(rows.map(nameOf), width),
      series: [
        {
          type: "bar",
          barWidth: 13,
          data: rows.map((row) => ({
            value: row.revenue,
            itemStyle: { color: colourOf(row.abc_category), borderRadius: [0, 2, 2, 0] },
            name: `${nameOf(row)}: ${inFull(row.revenue, "dollars")}, ${inFull(row.revenue_share, "percent")} of revenue`,
          })),
        },
        {
          type: "line",
          xAxisIndex: 1,
          symbol: "circle",
          symbolSize: 5,
          lineStyle: { color: LINE, width: 1.5 },
          itemStyle: { color: LINE },
          data: rows.map((row, i) => ({
            value: [row.cumulative_revenue_share ?? "-", i],
            name: `Up to ${nameOf(row)}: ${inFull(row.cumulative_revenue_share, "percent")} of revenue`,
          })),
        },
      ],
    },
  };
}

function nameOf({ product_name, products: count }: Product): string {
  return product_name ?? `${inShort(count, "products")} other products`;
}

function colourOf(category: string | null): string {
  return COLOURS[category ?? ""] ?? "var(--no-channel)";
}
