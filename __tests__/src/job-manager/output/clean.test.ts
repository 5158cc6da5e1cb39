import { createColors } from "picocolors";
import { cleaner } from "../../../../src/job-manager/output/clean";

const { bold, dim, red, green, yellow } = createColors(true);

describe("a text before it is written", () => {
  it("has no secret, and no character that a terminal takes as a command", () => {
    const clean = cleaner({ DBTCLOUD_TOKEN: "planted-token" }, false);
    expect(clean("a planted-token\n\u001b]0;title\u0007\u009b2J\t\u202eb")).toBe(
      "a ***\n\\u001b]0;title\\u0007\\u009b2J\t\\u202eb",
    );
  });

  it("keeps the styles of this program where the terminal has colors", () => {
    const styled = [bold("a"), dim("b"), red("c"), green("d"), yellow("e")].join("\n");
    expect(cleaner({}, true)(styled)).toBe(styled);
    expect(cleaner({}, false)(styled)).not.toContain("\u001b");
    expect(cleaner({}, true)("\u001b[5m\u001b[2J\u001b[8m")).not.toContain("\u001b");
  });
});
