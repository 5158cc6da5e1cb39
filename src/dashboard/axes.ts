import type { GridComponentOption, XAXisComponentOption, YAXisComponentOption } from "echarts";
import type { Width } from "./chart";
import { onAxis, type Unit } from "./figures";

/** The number of letters of a name that fit beside the bars. */
const LETTERS: Readonly<Record<Width, number>> = { wide: 28, narrow: 19 };
/** The number of steps of an axis of figures. */
const STEPS: Readonly<Record<Width, number>> = { wide: 4, narrow: 2 };

/** The space around horizontal bars. Names on the left stay inside; `right` pixels are for the labels at the ends. */
export function barGrid(right: number, top = 0): GridComponentOption {
  return { left: 10, right, top, bottom: 20, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
}

/** An axis with one row for each name, the first at the top. A line of a name that is too long ends in dots. */
export function rows(names: readonly string[], width: Width): YAXisComponentOption {
  return {
    type: "category",
    inverse: true,
    data: names.map((name) => shortened(name, LETTERS[width])),
    axisLine: { lineStyle: { color: "var(--axis)" } },
    axisTick: { show: false },
    axisLabel: { color: "var(--ink)", interval: 0, lineHeight: 15 },
  };
}

function shortened(name: string, letters: number): string {
  const cut = (line: string): string => (line.length > letters ? `${line.slice(0, letters - 1).trimEnd()}…` : line);
  return name.split("\n").map(cut).join("\n");
}

/** An axis of figures, with its name and unit below. */
export function figures(unit: Unit, name: string, width: Width): XAXisComponentOption {
  return {
    type: "value",
    name,
    nameLocation: "middle",
    nameGap: 24,
    nameTextStyle: { color: "var(--muted)", fontSize: 11 },
    splitNumber: STEPS[width],
    axisLabel: {
      color: "var(--muted)",
      fontSize: 11,
      hideOverlap: true,
      formatter: (value: number) => onAxis(value, unit),
    },
    splitLine: { lineStyle: { color: "var(--line)" } },
  };
}

/** An axis of shares, 0 to 100 %. */
export function shares(name: string, width: Width): XAXisComponentOption {
  return { ...figures("percent", name, width), max: 100, interval: 100 / STEPS[width] };
}
