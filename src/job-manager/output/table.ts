import Table from "cli-table3";
import { createColors } from "picocolors";

const NO_FRAME = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/**
 * Formats rows as a table without a frame. Columns are as wide as their content, so a pipe or a CI log has the complete text,
 * independent of the width of the terminal.
 *
 * @param colors whether headings are bold
 */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], colors: boolean): string {
  const { bold } = createColors(colors);
  const grid = new Table({
    chars: NO_FRAME,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    head: headings.map((heading) => bold(heading)),
  });
  grid.push(...rows.map((row) => [...row]));
  return grid
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
