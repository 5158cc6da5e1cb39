import { createColors } from "picocolors";
import stringWidth from "string-width";
import { printable } from "../../jobs/printable";

/** The place where text is shown. */
export interface Screen {
  /** Whether it shows colors. */
  readonly colors: boolean;
  /**
   * The width of the terminal, in characters.
   *
   * @default - it is no terminal, and lines can have any length
   */
  readonly width?: number;
}

/** The text of a cell: one line, or several. The table shows it in its printable form. */
export type Cell = string | readonly string[];

const GAP = "  ";

/**
 * Formats rows as a table without a frame. A pipe or a CI log gets the complete text. On a terminal the table is as wide as the
 * terminal at most: it first leaves out columns, and then shows each row as a block of lines. It never splits a word.
 *
 * @param leaveOut the headings of the columns that may be left out, the least important column first
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
  screen: Screen,
  leaveOut: readonly string[] = [],
): string {
  const width = screen.width ?? Infinity;
  for (let count = 0; count <= leaveOut.length; count++) {
    const left = leaveOut.slice(0, count);
    const shown = headings.flatMap((heading, i) => (left.includes(heading) ? [] : [i]));
    const grid = new Grid(
      shown.map((i) => headings[i]!),
      rows.map((row) => shown.map((i) => row[i]!)),
    );
    if (grid.width <= width) return [...grid.lines(screen), ...leftOutNote(left, width)].join("\n");
  }
  return blocks(headings, rows, screen);
}

/** A text as lines that are at most as wide as the terminal, unless a single word is wider. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

class Grid {
  private readonly widths: readonly number[];

  constructor(
    private readonly headings: readonly string[],
    private readonly rows: readonly (readonly Cell[])[],
  ) {
    this.widths = headings.map((heading, i) =>
      Math.max(...[heading, ...rows.flatMap((row) => linesIn(row[i]!))].map((line) => stringWidth(line))),
    );
  }

  get width(): number {
    return this.widths.reduce((sum, width) => sum + width, GAP.length * (this.widths.length - 1));
  }

  lines({ colors }: Screen): string[] {
    const { bold } = createColors(colors);
    return [
      this.line(this.headings, bold),
      ...this.rows.flatMap((row) => {
        const cells = row.map(linesIn);
        const height = Math.max(...cells.map(({ length }) => length));
        return Array.from({ length: height }, (_, i) => this.line(cells.map((lines) => lines[i] ?? "")));
      }),
    ];
  }

  private line(texts: readonly string[], style: (text: string) => string = String): string {
    const last = texts.findLastIndex((text) => text !== "");
    return texts
      .slice(0, last + 1)
      .map((text, i) => style(text) + (i === last ? "" : " ".repeat(this.widths[i]! - stringWidth(text))))
      .join(GAP)
      .trimEnd();
  }
}

/** Each row as a block: one line for each column, with the heading at the left. */
function blocks(
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
  { colors, width = Infinity }: Screen,
): string {
  const { bold } = createColors(colors);
  const indentation = Math.max(...headings.map((heading) => stringWidth(heading))) + GAP.length;
  const margin = " ".repeat(indentation);
  const block = (row: readonly Cell[]): string =>
    row
      .flatMap((cell, i) => {
        const [first, ...rest] = linesIn(cell).flatMap((line) => wrapped(line, width - indentation));
        const heading = headings[i]!;
        const space = " ".repeat(indentation - stringWidth(heading));
        return [`${bold(heading)}${space}${first ?? ""}`, ...rest.map((line) => `${margin}${line}`)];
      })
      .map((line) => line.trimEnd())
      .join("\n");
  return rows.map(block).join("\n\n");
}

function leftOutNote(headings: readonly string[], width: number): string[] {
  if (headings.length === 0) return [];
  return wrapped(`(too narrow for ${headings.join(", ")}: use a wider terminal, or a pipe)`, width);
}

/** The lines of a cell; a dash when there are none. */
export function orDash(lines: readonly string[]): Cell {
  return lines.length > 0 ? lines : "–";
}

function linesIn(cell: Cell): readonly string[] {
  return (typeof cell === "string" ? [cell] : cell).map(printable);
}
