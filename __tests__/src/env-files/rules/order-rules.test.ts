import { orderRules } from "../../../../src/env-files/rules/order-rules";
import type { FileFinding } from "../../../../src/env-files/rules/rule";
import { fileData, jobData, type Overrides } from "../../../support/env-file";
import { findingsOf } from "../../../support/rule-findings";

const at = (...times: string[]): Overrides => ({ schedule: { at: times } });
const cron = (text: string): Overrides => ({ schedule: { cron: text } });
const after = (job: string): Overrides => ({ run_after: { job } });
const expects = (...jobs: string[]): Overrides => ({ expects: jobs });

function find(name: string, jobs: Readonly<Record<string, Overrides>>): FileFinding[] {
  const data = Object.entries(jobs).map(([key, job]) => [key, jobData(job)]);
  return findingsOf(orderRules, name, fileData({ jobs: Object.fromEntries(data) as object }));
}

it("every rule about the order of jobs is tested here", () => {
  expect(orderRules.map(({ name }) => name)).toEqual([REFERENCES, CIRCLES, DEFERRALS, EARLIER]);
});

const DEFERRALS = "no job defers to itself through other jobs";
const REFERENCES = "references name jobs of the file";
const CIRCLES = "no job waits for itself through other jobs";
const EARLIER = "an expected job runs earlier on the same day";

describe(REFERENCES, () => {
  it("accepts names of other jobs", () => {
    expect(find(REFERENCES, { a: {}, b: { ...expects("a"), ...after("a"), defer_to: { job: "a" } } })).toEqual([]);
    expect(find(REFERENCES, { a: { defer_to: "self" }, b: { defer_to: { environment: "a" } } })).toEqual([]);
  });

  it.each<[string, Overrides, (string | number)[]]>([
    ["expects", expects("a", "atribution"), ["expects", 1]],
    ["run_after", after("atribution"), ["run_after", "job"]],
    ["defer_to", { defer_to: { job: "atribution" } }, ["defer_to", "job"]],
  ])("refuses an unknown job under `%s`", (_, job, path) => {
    expect(find(REFERENCES, { a: {}, attribution: {}, b: job })).toEqual([
      {
        file: "1.yaml",
        path: ["jobs", "b", ...path],
        got: "atribution",
        reason: "no job of this file has this key",
        allowed: "a, attribution",
        fix: "did you mean `attribution`?",
      },
    ]);
  });

  it("reports that no name is close, or that there is no other job", () => {
    expect(find(REFERENCES, { a: {}, b: expects("dashboards") })).toMatchObject([
      { allowed: "a", fix: "name a job of this file, or add it" },
    ]);
    expect(find(REFERENCES, { b: expects("dashboards") })).toMatchObject([
      { allowed: "none: the file has no other job" },
    ]);
  });

  it.each<[string, Overrides, (string | number)[], string]>([
    ["expects", expects("b"), ["expects", 0], "name another job, or remove it"],
    ["run_after", after("b"), ["run_after", "job"], "name another job, or remove it"],
    ["defer_to", { defer_to: { job: "b" } }, ["defer_to", "job"], "write `defer_to: self`"],
  ])("refuses the job itself under `%s`", (_, job, path, fix) => {
    expect(find(REFERENCES, { a: {}, b: job })).toEqual([
      {
        file: "1.yaml",
        path: ["jobs", "b", ...path],
        got: "b",
        reason: "a job cannot refer to itself here",
        allowed: "a",
        fix,
      },
    ]);
  });

  it("does not read properties of JavaScript objects as jobs", () => {
    const job = { ...expects("constructor"), ...after("constructor"), defer_to: { job: "constructor" } };
    expect(find(REFERENCES, { a: {}, b: job }).map(({ reason }) => reason)).toEqual(
      Array.from({ length: 3 }, () => "no job of this file has this key"),
    );
    expect(find(REFERENCES, { constructor: {}, b: job })).toEqual([]);
  });

  it("reports every wrong name", () => {
    expect(find(REFERENCES, { a: expects("x", "y"), b: after("z") }).map(({ got }) => got)).toEqual(["x", "y", "z"]);
  });
});

describe(CIRCLES, () => {
  const circle = (key: string, got: string, link: string): FileFinding => ({
    file: "1.yaml",
    path: ["jobs", key],
    at: "key",
    got,
    reason: "jobs wait for each other in a circle",
    allowed: "`expects` and `run_after` without a circle",
    fix: `remove one of these links, for example that of \`${key}\` to \`${link}\``,
  });

  it("accepts several paths to one job", () => {
    expect(
      find(CIRCLES, { a: {}, b: expects("a"), c: expects("a", "b"), d: { ...after("c"), ...expects("a") } }),
    ).toEqual([]);
  });

  it("ignores a job that names itself or an unknown job, because the rule about references reports it", () => {
    expect(find(CIRCLES, { a: expects("a", "nobody", "constructor"), b: after("b") })).toEqual([]);
  });

  it("refuses a circle of two", () => {
    expect(find(CIRCLES, { a: expects("b"), b: expects("a") })).toEqual([circle("a", "a → b → a", "b")]);
  });

  it("refuses a circle of `expects` and `run_after`, entered from outside", () => {
    expect(find(CIRCLES, { start: expects("a"), a: after("b"), b: expects("c"), c: after("a") })).toEqual([
      circle("a", "a → b → c → a", "b"),
    ]);
  });

  it("refuses every circle", () => {
    expect(
      find(CIRCLES, { a: expects("b"), b: expects("a"), c: after("d"), d: after("c"), e: expects("a", "c") }),
    ).toEqual([circle("a", "a → b → a", "b"), circle("c", "c → d → c", "d")]);
  });

  it("names a link under both keys once", () => {
    const jobs = { a: { ...expects("b"), ...after("b") }, b: expects("a") };
    expect(find(CIRCLES, jobs)).toEqual([circle("a", "a → b → a", "b")]);
  });

  it("finds the circle at the end of a chain of 5,000 jobs", () => {
    const keys = Array.from({ length: 5000 }, (_, i) => `j${i}`);
    const jobs = Object.fromEntries(keys.map((key, i) => [key, expects(keys[i + 1] ?? "j4998")]));
    expect(find(CIRCLES, jobs)).toEqual([circle("j4998", "j4998 → j4999 → j4998", "j4999")]);
  });
});

describe(DEFERRALS, () => {
  const to = (job: string): Overrides => ({ defer_to: { job } });

  it("accepts a chain, and ignores a job that names itself or an unknown job", () => {
    const jobs = { a: to("b"), b: to("c"), c: { defer_to: "self" }, d: to("d"), e: to("nobody") };
    expect(find(DEFERRALS, jobs)).toEqual([]);
  });

  it("refuses a circle, which Terraform could not create", () => {
    expect(find(DEFERRALS, { a: to("b"), b: to("a") })).toEqual([
      {
        file: "1.yaml",
        path: ["jobs", "a"],
        at: "key",
        got: "a → b → a",
        reason: "jobs defer to each other in a circle",
        allowed: "`defer_to` without a circle",
        fix: "remove one of these links, for example that of `a` to `b`",
      },
    ]);
  });
});

describe(EARLIER, () => {
  it.each<[string, Record<string, Overrides>]>([
    ["an earlier time", { a: at("05:00"), b: { ...at("06:00"), ...expects("a") } }],
    ["the first of several times", { a: at("05:00", "21:00"), b: { ...at("06:00"), ...expects("a") } }],
    ["both of several times", { a: at("05:00"), b: { ...at("06:00", "18:00"), ...expects("a") } }],
    ["every hour", { a: { schedule: { every_hours: 1 } }, b: { ...at("00:30"), ...expects("a") } }],
    ["more days", { a: at("05:00"), b: { ...cron("0 6 * * 1-5"), ...expects("a") } }],
    ["the month's last day", { a: cron("0 5 28-31 * *"), b: { ...cron("0 6 L * *"), ...expects("a") } }],
    ["a day in June", { a: cron("0 5 * 6 *"), b: { ...cron("0 6 1 6 *"), ...expects("a") } }],
    ["nobody's clock: b runs on demand", { a: at("05:00"), b: expects("a") }],
    ["nobody's clock: git runs b", { a: at("05:00"), b: { triggers: { on_merge: true }, ...expects("a") } }],
    ["its trigger", { a: at("05:00"), b: { ...after("a"), ...expects("a") } }],
    ["its trigger's trigger", { a: at("05:00"), b: after("a"), c: { ...after("b"), ...expects("a") } }],
    ["a job before its trigger", { z: at("04:00"), a: at("05:00"), b: { ...after("a"), ...expects("z") } }],
    ["a triggered job", { a: at("05:00"), b: after("a"), c: { ...at("06:00"), ...expects("b") } }],
  ])("accepts a job that expects by %s", (_, jobs) => {
    expect(find(EARLIER, jobs)).toEqual([]);
  });

  const refused = (key: string, reason: string): FileFinding => ({
    file: "1.yaml",
    path: ["jobs", key, "expects", 0],
    got: "a",
    reason,
    allowed: "jobs that start earlier on the same UTC day",
    fix: `start \`a\` earlier or \`${key}\` later, or remove it from \`expects\``,
  });

  it.each<[string, Record<string, Overrides>, string]>([
    [
      "later",
      { a: at("07:00"), b: { ...at("06:00"), ...expects("a") } },
      "`a` starts at 07:00 UTC, not before `b` at 06:00",
    ],
    [
      "at the same time",
      { a: at("06:00"), b: { ...at("06:00"), ...expects("a") } },
      "`a` starts at 06:00 UTC, not before `b` at 06:00",
    ],
    [
      "after the first of several times",
      { a: at("07:00"), b: { ...at("06:00", "18:00"), ...expects("a") } },
      "`a` starts at 07:00 UTC, not before `b` at 06:00",
    ],
    [
      "on fewer days",
      { a: { schedule: { at: ["05:00"], days: ["monday"] } }, b: { ...at("06:00"), ...expects("a") } },
      "`a` does not run on every day on which `b` does",
    ],
    [
      "on other days",
      { a: cron("0 5 1 * *"), b: { ...cron("0 6 2 * *"), ...expects("a") } },
      "`a` does not run on every day on which `b` does",
    ],
    [
      "later on a day in June",
      { a: cron("0 7 1 6 *"), b: { ...cron("0 6 1 6 *"), ...expects("a") } },
      "`a` starts at 07:00 UTC, not before `b` at 06:00",
    ],
    [
      "when its trigger's clock is not earlier",
      { z: at("06:00"), a: after("z"), b: { ...at("06:00"), ...expects("a") } },
      "`a` starts at 06:00 UTC, not before `b` at 06:00",
    ],
  ])("refuses a job that runs %s", (_, jobs, reason) => {
    expect(find(EARLIER, jobs)).toEqual([refused("b", reason)]);
  });

  it.each<[string, Overrides]>([
    ["runs on demand", {}],
    ["git runs", { triggers: { github_webhook: true } }],
    ["follows a job that runs on demand", after("idle")],
  ])("refuses a job that %s, and so never comes first", (_, a) => {
    expect(find(EARLIER, { idle: {}, a, b: { ...at("06:00"), ...expects("a") } })).toEqual([
      {
        file: "1.yaml",
        path: ["jobs", "b", "expects", 0],
        got: "a",
        reason: "`a` has no schedule, so it never comes before `b`",
        allowed: "jobs that start by themselves",
        fix: "give `a` a schedule, or remove it from `expects`",
      },
    ]);
  });

  it("checks a triggered job against the schedule of the first job of its chain", () => {
    expect(
      find(EARLIER, { a: at("07:00"), start: at("06:00"), b: after("start"), c: { ...after("b"), ...expects("a") } }),
    ).toEqual([refused("c", "`a` starts at 07:00 UTC, not before `c` at 06:00")]);
  });

  it("ignores circles and unknown names, because other rules report them", () => {
    const jobs = { a: after("b"), b: after("a"), c: { ...at("06:00"), ...expects("c", "nobody", "constructor") } };
    expect(find(EARLIER, jobs)).toEqual([]);
  });
});
