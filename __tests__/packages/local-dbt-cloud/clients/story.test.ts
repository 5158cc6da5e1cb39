import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STORY_CLIENTS, type Client } from "../../../../packages/local-dbt-cloud/clients/client";
import { install, NotInstalled } from "../../../../packages/local-dbt-cloud/clients/installation";
import { outcomeLine } from "../../../../packages/local-dbt-cloud/clients/outcome-line";
import { runStory, type Outcome } from "../../../../packages/local-dbt-cloud/clients/story";
import { CLIENTS } from "../../../../packages/local-dbt-cloud/clients/variables";

const STORIES = join(__dirname, "../../../../packages/local-dbt-cloud/clients/stories");
const VARIABLES = { STORY_ACCOUNT_ID: "1", STORY_PROJECT_ID: "2", STORY_ENVIRONMENT_ID: "3" };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "story-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The outcome of a story with these lines of Python. */
async function outcomeOf(lines: readonly string[], seconds = 30): Promise<Outcome> {
  const file = join(folder, "a_story.py");
  writeFileSync(file, ["from story import *", ...lines].join("\n"));
  return runStory("python3", file, { env: { ...process.env, ...VARIABLES, PYTHONPATH: STORIES }, folder, seconds });
}

describe("a story", () => {
  it("tells its version and each step, between other output", async () => {
    const outcome = await outcomeOf([
      "tell(version='1.2')",
      "with step('read'): print('other output')",
      "with step('write'): same(1, 1)",
    ]);
    expect(outcome).toEqual({ version: "1.2", passed: ["read", "write"], failed: undefined, missing: undefined });
    expect(outcomeLine("dbtc", outcome)).toBe("pass  dbtc 1.2                       2 steps passed, 0 failed");
  });

  it("ends at the first step that fails", async () => {
    const outcome = await outcomeOf([
      "tell(version='1.2')",
      "with step('read'): pass",
      "with step('write'): same(1, 2)",
      "with step('never'): pass",
    ]);
    expect(outcomeLine("dbtc", outcome)).toMatch(
      /^FAIL +dbtc 1\.2 +1 steps passed, 1 failed: write: got 1, expected 2$/,
    );
  });

  it("fails if it ends outside its steps, or does not end", async () => {
    expect((await outcomeOf(["raise ValueError('no')"])).failed?.problem).toContain("exit code 1");
    const endless = await outcomeOf(["import time", "time.sleep(60)"], 1);
    expect(endless.failed?.problem).toContain("did not end within 1 s");
  });

  it("says that the machine does not have the client", async () => {
    const outcome = await outcomeOf(["end_as_missing('it is not on PATH')"]);
    expect(outcomeLine("dbtc", outcome)).toBe("none  dbtc                           it is not on PATH");
  });
});

describe("a client", () => {
  const client: Client = { name: "none", story: "none.py", requirements: ["./no-such"], python: [], isHttps: false };

  it("without a suitable Python is not installed", () => {
    expect(() => install({ ...client, python: ["9.9"] }, folder)).toThrow(
      new NotInstalled("none of python9.9 is on PATH"),
    );
  });

  it("that pip does not find is not installed", () => {
    expect(() => install({ ...client, python: ["3"] }, folder)).toThrow(/no-such/);
  });

  it.each(STORY_CLIENTS)("$name has a story", ({ story }) => {
    expect(existsSync(join(STORIES, story))).toBe(true);
  });

  it("has a story unless it is ours", () => {
    expect(CLIENTS.filter((name) => !STORY_CLIENTS.some((client) => client.name === name))).toEqual([
      "dbt-job-manager",
    ]);
  });
});
