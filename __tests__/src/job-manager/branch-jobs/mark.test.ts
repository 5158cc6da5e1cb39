import fc from "fast-check";
import {
  digestOf,
  isMarked,
  isOwnedBy,
  markedDescription,
  markOf,
  withoutMark,
  type Mark,
} from "../../../../src/job-manager/branch-jobs/mark";
import { mark } from "../../../support/branch-records";
import { hostile, MARK_LINE as LINE } from "../../../support/hostile-text";

const anyMark: fc.Arbitrary<Mark> = fc
  .record({
    team: hostile,
    project: fc.integer(),
    environment: fc.integer(),
    ref: hostile,
    user: hostile,
    key: hostile,
    schema: hostile,
    definition: hostile,
    overrides: hostile,
    pending: fc.constantFrom(true as const, undefined),
  })
  .map(({ pending, ...rest }) => (pending ? { ...rest, pending } : rest));

describe("a mark", () => {
  it("is one line of JSON below the text for people", () => {
    expect(markedDescription("Builds it\n\nOwner: marketing", mark())).toBe(`Builds it\n\nOwner: marketing\n\n${LINE}`);
  });

  it("can be read from any description", () => {
    fc.assert(
      fc.property(hostile, anyMark, (text, written) => {
        const description = markedDescription(text, written);
        expect(markOf(description)).toEqual(written);
        expect(isMarked(description)).toBe(true);
        expect(description.split("\n").at(-1)).toMatch(/^dbt-job-manager\/v1 \{.*\}$/s);
      }),
      { numRuns: 500 },
    );
  });

  it("can be read after JSON encoding, and with spaces around it", () => {
    fc.assert(
      fc.property(hostile, anyMark, (text, written) => {
        const sent = JSON.parse(JSON.stringify(markedDescription(text, written))) as string;
        expect(markOf(`${sent} \r\n\n`)).toEqual(written);
      }),
    );
  });

  it("can be removed, which leaves the text without spaces at its end", () => {
    fc.assert(
      fc.property(hostile, anyMark, (text, written) => {
        expect(withoutMark(markedDescription(text, written))).toBe(text.trimEnd());
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["nothing", ""],
    ["a text", "Builds it"],
    ["a mark that is not on the last line", `${LINE}\nSee the wiki`],
    ["a mark that does not begin its line", `Mark: ${LINE}`],
    ["a mark of another version", LINE.replace("v1", "v2")],
    ["a mark of a later version", LINE.replace("v1", "v10")],
    ["a mark that was cut", LINE.slice(0, -1)],
    ["a mark with more in it", LINE.replace("}", ',"more":1}')],
    ["a mark without a schema", LINE.replace(/"schema":"[^"]*",/, "")],
    ["a mark with a project in words", LINE.replace("102", '"102"')],
    ["a mark that is pending in another way", LINE.replace("}", ',"pending":false}')],
    ["no object", "dbt-job-manager/v1 null"],
    ["upper case", LINE.toUpperCase()],
  ])("is not read from %s", (_, description) => {
    expect(markOf(description)).toBeUndefined();
  });

  it.each([
    [`Text\n${LINE}`, true],
    [LINE.replace("v1", "v12"), true],
    [LINE.slice(0, -5), true],
    [`${LINE}\nmore`, false],
    ["dbt-job-manager", false],
    ["", false],
  ])("counts as a mark although it is not readable: %p %p", (description, is) => {
    expect(isMarked(description)).toBe(is);
  });

  it("of another version can also be removed", () => {
    expect(withoutMark(`Text\n\n${LINE.replace("v1", "v7")}`)).toBe("Text");
    expect(withoutMark(LINE)).toBe("");
    expect(withoutMark("Text  \n")).toBe("Text");
  });
});

describe("an owner", () => {
  const owner = mark();

  it("owns every job with the mark", () => {
    expect(isOwnedBy(owner, mark({ key: "other", schema: "s", definition: "x", overrides: "y", pending: true }))).toBe(
      true,
    );
  });

  it.each([
    { team: "marketing" },
    { project: 103 },
    { environment: 202 },
    { ref: "feature/X" },
    { ref: "feature-x" },
    { user: "Jennifer" },
  ])("does not own a job of %j", (other) => {
    expect(isOwnedBy(owner, mark(other))).toBe(false);
  });
});

describe("a digest", () => {
  it("is short, and different for different values", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(digestOf(a)).toMatch(/^[0-9a-f]{16}$/);
        expect(digestOf(a) === digestOf(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});
