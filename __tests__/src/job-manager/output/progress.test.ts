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
  it("is a line for each step where there is no terminal", () => {
    expect(written({})).toBe(`created a (1 of 2)\na note\ncreated ${"b".repeat(100)} (2 of 2)\n`);
  });

  it("is one line on a terminal, never wider than it, that notes are written over", () => {
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

  it("takes a terminal of unknown width for one of 80 columns", () => {
    const lines = written({ isTTY: true }).split("\r\u001b[2K");
    expect(lines[3]).toHaveLength(79);
  });
});
