import * as echarts from "echarts";
import { html, trusted, type Html } from "./html";

/** A chart's height in pixels and what ECharts draws; the `name` of a data item is its tooltip. */
export interface Drawing {
  readonly height: number;
  readonly option: echarts.EChartsOption;
}

/** Pixels of the two widths at which each chart is drawn: a column of the page, and a phone. */
const WIDTHS = { wide: 560, narrow: 320 } as const;
export type Width = keyof typeof WIDTHS;

/**
 * A chart for a screen reader, a wide and a narrow column, of which the style sheet shows the one that fits.
 *
 * @param label what the chart shows, in a sentence
 */
export function chart(label: string, draw: (width: Width) => Drawing): Html {
  const svgs = (["wide", "narrow"] as const).map(
    (width) =>
      html`<div class="chart ${width}" role="img" aria-label="${label}">${svg(WIDTHS[width], draw(width))}</div>`,
  );
  return html`${svgs}`;
}

/**
 * Draws with ECharts as text, without a browser. Colours are the style sheet's variables, so that the same drawing is
 * light or dark.
 *
 * @param width in pixels
 */
export function svg(width: number, { height, option }: Drawing): Html {
  const instance = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    instance.setOption({ ...BASICS, ...option });
    const text = instance.renderToSVGString().replace(HOVER_STYLE, "").replace(HOVER_CLASS, "");
    return trusted(withTooltips(text, option));
  } finally {
    // Otherwise its timers keep the program running.
    instance.dispose();
  }
}

const BASICS: echarts.EChartsOption = {
  animation: false,
  textStyle: { color: "var(--ink)", fontFamily: "inherit" },
};

/** ECharts lightens the shape below the mouse, and turns a CSS variable into black. */
const HOVER_STYLE = /<style[^>]*>[^]*?<\/style>/g;
const HOVER_CLASS = / class="zr\d+-cls-\d+"/g;

/** ECharts marks each shape with its series and item. */
const SHAPE = /(<path [^>]*ecmeta_series_index="(\d+)" ecmeta_data_index="(\d+)"[^>]*>)(?=<\/path>)/g;

function withTooltips(text: string, option: echarts.EChartsOption): string {
  const series = [option.series ?? []].flat() as { data?: { name?: string }[] }[];
  return text.replace(SHAPE, (shape, open: string, one: string, item: string) => {
    const name = series[Number(one)]?.data?.[Number(item)]?.name;
    const mark = open.replaceAll(/ ecmeta_\w+="[^"]*"/g, "").replace(/>$/, " data-mark>");
    return name === undefined ? shape : `${mark}${html`<title>${name}</title>`}`;
  });
}
