import fc from "fast-check";
import { printable, printableLines } from "../../../src/jobs/printable";
import { hostile } from "../../support/hostile-text";

/** C0 and C1 controls, line separators, marks of direction, invisible characters, and halves of characters. */
const COMMANDS =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]|\p{Cs}/u;

const commands = fc.constantFrom(
  ...Array.from("\u001b\u0007\u009b\u0085\r\n\t\u0000\u007f\u202e\u2066\u2069\u200f\u061c\u2028\u200b\ufeff\u00ad"),
  "\u{e0041}",
  "\ud800",
);
const text = fc.oneof(
  hostile,
  fc.array(fc.oneof(commands, fc.string({ maxLength: 5 }))).map((parts) => parts.join("")),
);

describe("a printable text", () => {
  it("is one line without characters that a terminal or a page takes as commands", () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(printable(any)).not.toMatch(COMMANDS);
      }),
      { numRuns: 2000 },
    );
  });

  it("is the text itself when it has no such characters", () => {
    for (const safe of ["attribution", "Überblick – 日本 \\ “x”", "👩‍🔬 می‌خواهم", ""])
      expect(printable(safe)).toBe(safe);
  });

  it("shows them as JSON writes them", () => {
    expect(printable("a\u001b[31m\nb\tc\r\u202e\u{e0041}\ud800")).toBe(
      "a\\u001b[31m\\nb\\tc\\r\\u202e\\udb40\\udc41\\ud800",
    );
  });

  it("does not change when it is printed again", () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(printable(printable(any))).toBe(printable(any));
      }),
    );
  });
});

describe("printable lines", () => {
  it("keep line breaks and tabs, and nothing else", () => {
    fc.assert(
      fc.property(text, (any) => {
        const parts = any.split(/([\n\t])/);
        expect(printableLines(any)).toBe(
          parts.map((part) => (/^[\n\t]$/.test(part) ? part : printable(part))).join(""),
        );
      }),
    );
  });

  it("of JSON are the same JSON", () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(JSON.parse(printableLines(JSON.stringify({ [any]: any }, null, 2)))).toEqual({ [any]: any });
      }),
    );
  });
});
