import { inFull, inShort, onAxis, type Unit } from "../../../src/dashboard/figures";

/** As people read it: a plain space for the one that does not break. */
const plain = (text: string): string => text.replaceAll("\u00a0", " ");

describe("a figure", () => {
  it.each<[number | null, Unit, string, string]>([
    [12_345.6, "dollars", "$ 12,345.60", "$ 12.3k"],
    [9_999.49, "dollars", "$ 9,999.49", "$ 9,999"],
    [9_999.5, "dollars", "$ 9,999.50", "$ 10.0k"],
    [999_949, "dollars", "$ 999,949.00", "$ 999.9k"],
    [999_950, "dollars", "$ 999,950.00", "$ 1.00M"],
    [999.994, "dollars", "$ 999.99", "$ 999.99"],
    [999.995, "dollars", "$ 1,000.00", "$ 1,000"],
    [0, "dollars", "$ 0.00", "$ 0.00"],
    [-94.97, "dollars", "−$ 94.97", "−$ 94.97"],
    [-0.001, "dollars", "$ 0.00", "$ 0.00"],
    [4.46, "percent", "4.5 %", "4.5 %"],
    [-12.34, "percent", "−12.3 %", "−12.3 %"],
    [12_345.6, "percent", "12,345.6 %", "12,345.6 %"],
    [2.637, "ratio", "2.64", "2.64"],
    [402, "orders", "402", "402"],
    [1_206, "people", "1,206", "1,206"],
    [1_234_567, "customers", "1,234,567", "1.23M"],
    [437.82, "conversions", "437.8", "437.8"],
    [null, "dollars", "–", "–"],
  ])("%p %s is %s in full and %s in short", (value, unit, full, short) => {
    expect([plain(inFull(value, unit)), plain(inShort(value, unit))]).toEqual([full, short]);
  });

  it.each<[number, Unit, string]>([
    [0, "dollars", "$ 0"],
    [500, "dollars", "$ 500"],
    [1_500, "dollars", "$ 1.5k"],
    [2_500_000, "people", "2.5M"],
    [0.25, "ratio", "0.25"],
    [-50, "percent", "−50 %"],
  ])("%p %s is %s on an axis, never rounded to another mark", (value, unit, text) => {
    expect(plain(onAxis(value, unit))).toBe(text);
  });
});
