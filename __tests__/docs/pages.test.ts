import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");
const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const pages = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
const images = readdirSync(join(ROOT, "docs/images"));

/** The targets of the links and images of a text that lead to files of this repository. */
function linkedFiles(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^\w+:/.test(target));
}

it("the README's table of questions leads to every page", () => {
  const linked = [...readme.matchAll(/^\|.*\]\(docs\/([^)]+\.md)\) *\|$/gm)].map(([, name]) => name);
  expect(pages.filter((name) => !linked.includes(name))).toEqual([]);
});

it("the README shows the two commands of the start as they are typed", () => {
  expect(readme).toMatch(/^npm ci && npm start\b/m);
  expect(readme).toMatch(/^npm ci && npm test\b/m);
});

it.each(pages)("the links of docs/%s lead to files that exist", (name) => {
  const targets = linkedFiles(readFileSync(join(ROOT, "docs", name), "utf8"));
  const missing = targets.filter(
    (target) => statSync(join(ROOT, "docs", target), { throwIfNoEntry: false }) === undefined,
  );
  expect(missing).toEqual([]);
});

it.each(images)("the image %s is in use and below 150 kB", (name) => {
  expect(statSync(join(ROOT, "docs/images", name)).size).toBeLessThan(150_000);
  const texts = [readme, ...pages.map((page) => readFileSync(join(ROOT, "docs", page), "utf8"))];
  expect(texts.some((text) => text.includes(`images/${name})`))).toBe(true);
});

/** The anchors of the headings of a page, as GitLab makes them. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6} +(.+)$/gm)];
  return headings.map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}

it.each(["README.md", "CONTRIBUTING.md", ...pages.map((name) => `docs/${name}`)])(
  "the anchors in links of %s are headings, and its files exist",
  (name) => {
    const path = join(ROOT, name);
    const text = readFileSync(path, "utf8");
    const missing = linkedFiles(text).filter(
      (target) => statSync(join(path, "..", target), { throwIfNoEntry: false }) === undefined,
    );
    const anchors = [...text.matchAll(/\]\(([^)\s#:]*)#([^)\s]+)\)/g)].filter(([, file, anchor]) => {
      const target = file === "" ? text : readFileSync(join(path, "..", file!), "utf8");
      return !anchorsOf(target).includes(anchor!);
    });
    expect([missing, anchors.map(([link]) => link)]).toEqual([[], []]);
  },
);
