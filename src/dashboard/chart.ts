import * as echarts from "echarts";
import { html, trusted, type Html } from "../html/html";

/** The height of a chart in pixels and its ECharts option. The `name` of a data item is its tooltip. */
export interface Drawing {
  readonly height: number;
  readonly option: echarts.EChartsOption;
}

/** The two widths of each chart in pixels: a column of the page, and a phone. */
const WIDTHS = { wide: 560, narrow: 320 } as const;
export type Width = keyof typeof WIDTHS;

/**
 * A chart in a wide and a narrow version, with a label for screen readers. The style sheet shows the version that fits.
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
 * Draws a chart with ECharts as SVG text, without a browser. Colors are variables of the style sheet, so one drawing
 * works in light and dark mode.
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
    // Without this call, timers of ECharts keep the program running.
    instance.dispose();
  }
}

const BASICS: echarts.EChartsOption = {
  animation: false,
  textStyle: { color: "var(--ink)", fontFamily: "inherit" },
};

/** ECharts would lighten the shape under the mouse, and turn a CSS variable into black. */
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
