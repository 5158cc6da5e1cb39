import { systemClock } from "../../../../src/dbt-cloud/clock";
import { progressOn } from "../../../../src/job-manager/output/progress";

function written(terminal: { isTTY?: boolean; columns?: number }): string {
  let text = "";
  const progress = progressOn({ ...terminal, write: (part: string) => (text += part) }, systemClock, String);
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

describe("a state", () => {
  let seconds: number;
  let text: string;
  const clock = { now: () => new Date(seconds * 1000) };
  beforeEach(() => {
    [seconds, text] = [0, ""];
  });

  it("replaces the line on a terminal", () => {
    const stream = { isTTY: true, columns: 12, write: (part: string) => (text += part) };
    const progress = progressOn(stream, clock, String);
    progress.state("run 1  00:00:02");
    progress.state("run 1");
    progress.note("done");
    expect(text).toBe("\r\u001b[2Krun 1  00:0\r\u001b[2Krun 1\r\u001b[2Kdone\n");
  });

  it("has a line without a terminal, 30 seconds after the last line", () => {
    const progress = progressOn({ write: (part: string) => (text += part) }, clock, String);
    for (seconds = 0; seconds <= 100; seconds += 2) {
      if (seconds === 40) progress.note("a step ended");
      else progress.state(`waits for ${seconds} s`);
    }
    expect(text).toBe("waits for 30 s\na step ended\nwaits for 70 s\nwaits for 100 s\n");
  });
});
