import { progressOn } from "../../../../src/job-manager/output/progress";

function written(terminal: { isTTY?: boolean; columns?: number }): string {
  let text = "";
  const progress = progressOn({ ...terminal, write: (part: string) => (text += part) });
  progress.step("created a", 1, 2);
  progress.note("a note");
  progress.step(`created ${"b".repeat(100)}`, 2, 2);
  progress.end();
  return text;
}

describe("progress", () => {
  it("has a line for each step without a terminal", () => {
    expect(written({})).toBe(`created a (1 of 2)\na note\ncreated ${"b".repeat(100)} (2 of 2)\n`);
  });

  it("has one line on a terminal that fits its width and that notes replace", () => {
    const erase = "\r\u001b[2K";
    expect(written({ isTTY: true, columns: 40 })).toBe(
      [
        `${erase}1 of 2  created a`,
        `${erase}a note\n`,
        `${erase}${`2 of 2  created ${"b".repeat(100)}`.slice(0, 39)}`,
        erase,
      ].join(""),
    );
  });

  it("assumes 80 columns for a terminal of unknown width", () => {
    const lines = written({ isTTY: true }).split("\r\u001b[2K");
    expect(lines[3]).toHaveLength(79);
  });
});
