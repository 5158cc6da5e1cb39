import { chmodSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Approvals } from "../../../../src/job-manager/agent/approvals";
import { CommandError } from "../../../../src/job-manager/commands/command";
import { envFolder } from "../../../support/env-folder";

const HASH = "a".repeat(64);
const OTHER = "b".repeat(64);
const NOON = new Date("2026-03-01T12:00:00Z");
const later = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);

let state: string;
let folder: string;
let approvals: Approvals;
beforeEach(() => {
  state = envFolder({});
  folder = join(state, "dbt-job-manager/approvals");
  approvals = new Approvals({ XDG_STATE_HOME: state }, "dbtc_of_jennifer");
});

function approve(hash = HASH): string {
  approvals.add({ hash, by: "jennifer", minutes: 60, now: NOON });
  return join(folder, `${hash}.json`);
}

/** The refusal of an approval, or the person who approved. */
function taken(hash = HASH, now = later(1), by = approvals): string {
  try {
    return by.take(hash, now);
  } catch (error) {
    if (error instanceof CommandError) return error.message;
    throw error;
  }
}

it("an approval is valid once, and only for its plan", () => {
  approve();
  expect(taken(OTHER)).toMatch(/^nobody has approved the plan, .*dbt-job-manager approve b{64}`$/);
  expect(taken()).toBe("jennifer");
  expect(taken()).toMatch(/^nobody has approved the plan, or the approval was used before/);
});

it("an approval that was copied before its use cannot be used again", () => {
  const file = approve();
  const copy = readFileSync(file);
  expect(taken()).toBe("jennifer");
  writeFileSync(file, copy, { mode: 0o600 });
  expect(taken()).toMatch(/used before, and each is valid once/);
});

it("an approval ends", () => {
  approve();
  expect(taken(HASH, later(60))).toMatch(/^the approval of the plan ended at 2026-03-01T13:00:00.000Z/);
  expect(taken(HASH, later(59.9))).toBe("jennifer");
});

it.each<[string, (file: string) => void]>([
  [
    "has another end",
    (file) => {
      edit(file, "T13:", "T23:");
    },
  ],
  [
    "is of another person",
    (file) => {
      edit(file, "jennifer", "somebody");
    },
  ],
  [
    "is of another plan",
    (file) => {
      writeFileSync(join(folder, `${OTHER}.json`), readFileSync(file), { mode: 0o600 });
    },
  ],
  [
    "has another signature",
    (file) => {
      edit(file, /"signature":"..../, '"signature":"0000');
    },
  ],
])("an approval that %s is refused", (_what, change) => {
  change(approve());
  expect(taken(_what.includes("plan") ? OTHER : HASH)).toMatch(/was not signed with this token of dbt Cloud/);
});

it("a person with another token did not approve", () => {
  approve();
  const others = new Approvals({ XDG_STATE_HOME: state }, "dbtc_of_another");
  expect(taken(HASH, later(1), others)).toMatch(/not signed with this token/);
});

it.each<[string, RegExp, (file: string) => void]>([
  [
    "a file that others can read",
    /other people can use the file/,
    (file) => {
      chmodSync(file, 0o644);
    },
  ],
  [
    "a folder that others can write",
    /other people can write .*chmod 700/,
    () => {
      chmodSync(folder, 0o777);
    },
  ],
  [
    "text that is not JSON",
    /the file of the approval is not readable/,
    (file) => {
      writeFileSync(file, "{");
    },
  ],
  [
    "another shape",
    /the file of the approval is not readable/,
    (file) => {
      writeFileSync(file, '{"approval":1}');
    },
  ],
])("%s is refused", (_what, message, change) => {
  change(approve());
  expect(taken()).toMatch(message);
});

it("a link to an approval is refused", () => {
  const file = approve();
  symlinkSync(file, join(folder, `${OTHER}.json`));
  expect(taken(OTHER)).toMatch(/the file of the approval is not readable/);
});

it("nobody has approved anything where there is no folder", () => {
  expect(taken()).toMatch(/^nobody has approved/);
});

it.each(["", "../x", `${HASH}/`, HASH.toUpperCase(), "a".repeat(63)])("%j is no hash", (hash) => {
  approve();
  expect(taken(hash)).toMatch(/^nobody has approved/);
});

it("files that no approval can use any more are removed", () => {
  const file = approve();
  approve(OTHER);
  utimesSync(file, later(-24 * 60 - 1), later(-24 * 60 - 1));
  approve(OTHER);
  expect(readdirSync(folder)).toEqual([`${OTHER}.json`]);
});

function edit(file: string, before: string | RegExp, after: string): void {
  const text = readFileSync(file, "utf8");
  expect(text.replace(before, after)).not.toBe(text);
  writeFileSync(file, text.replace(before, after));
}
