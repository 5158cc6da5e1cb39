import type { GridComponentOption, XAXisComponentOption, YAXisComponentOption } from "echarts";
import type { Width } from "./chart";
import { onAxis, type Unit } from "./figures";

/** Letters of a name that have room beside the bars. */
const LETTERS: Readonly<Record<Width, number>> = { wide: 28, narrow: 19 };
/** Steps of an axis of figures. */
const STEPS: Readonly<Record<Width, number>> = { wide: 4, narrow: 2 };

/** The space around horizontal bars: names on the left are kept inside, `right` pixels are for the labels at their ends. */
export function barGrid(right: number, top = 0): GridComponentOption {
  return { left: 10, right, top, bottom: 20, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
}

/** A row for each name, the first on top; each line of a name ends in dots where it is too long. */
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

/** An axis of figures, its name with the unit below it. */
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

/** An axis of shares of one whole, 0 to 100 %. */
export function shares(name: string, width: Width): XAXisComponentOption {
  return { ...figures("percent", name, width), max: 100, interval: 100 / STEPS[width] };
}
