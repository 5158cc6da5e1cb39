import { schedule } from "../../../../src/job-manager/commands/schedule";
import { CommandError, type CommandResult } from "../../../../src/job-manager/commands/command";
import { envFile, jobData, type Overrides } from "../../../support/env-file";
import { envFolder } from "../../../support/env-folder";
import { join } from "node:path";

function run(
  jobs: Overrides,
  {
    now = "2026-01-05T04:30:00Z",
    next = 1,
    timezone,
    more = {},
  }: {
    now?: string;
    next?: number;
    timezone?: string;
    more?: Overrides;
  } = {},
): CommandResult {
  const files = [join(envFolder({ "prod.yaml": envFile({ jobs, ...more }) }), "prod.yaml")];
  return schedule({ files, next, timezone }, { env: {}, now: new Date(now), colors: false });
}

const DAILY = { attribution: jobData({ schedule: { at: ["05:00"] } }) };

describe("the next runs", () => {
  it("are shown in UTC and in the team's time zone, in order, with the jobs that each expects", () => {
    const jobs = {
      campaigns: jobData({ schedule: { at: ["06:00"] }, expects: ["attribution"] }),
      attribution: jobData({ schedule: { at: ["05:00"] } }),
      paused: jobData({ schedule: { at: ["05:30"] }, paused: true }),
      "on-demand": jobData(),
    };
    const { exitCode, text, json } = run(jobs, { next: 2, timezone: "Asia/Kolkata" });
    expect(text).toBe(
      [
        "RUNS AT (UTC)     IN THE TEAM'S TIME ZONE  ENVIRONMENT  KEY          AFTER",
        "2026-01-05 05:00  Mon 10:30 Asia/Kolkata   production   attribution  –",
        "2026-01-05 06:00  Mon 11:30 Asia/Kolkata   production   campaigns    attribution",
        "2026-01-06 05:00  Tue 10:30 Asia/Kolkata   production   attribution  –",
        "2026-01-06 06:00  Tue 11:30 Asia/Kolkata   production   campaigns    attribution",
        "",
        "No two jobs of an environment start in the same minute.",
      ].join("\n"),
    );
    expect(exitCode).toBe(0);
    expect(json).toMatchObject({
      fires: [
        {
          at: "2026-01-05T05:00:00.000Z",
          local: "Mon 10:30",
          timezone: "Asia/Kolkata",
          environment: "production",
          key: "attribution",
          expects: [],
        },
        {},
        {},
        {},
      ],
      clashes: [],
      clock_changes: [],
    });
  });

  it("are in the file's time zone unless another one is given", () => {
    const more = { timezone: "Europe/Berlin" };
    expect(run(DAILY, { more }).text).toContain("Mon 06:00 Europe/Berlin");
    expect(run(DAILY, { more, timezone: "UTC" }).text).toContain("Mon 05:00 UTC");
  });

  it("include the jobs that start in the same minute, once", () => {
    const jobs = { ...DAILY, ltv: jobData({ schedule: { at: ["05:00"] } }) };
    const { text, json } = run(jobs, { next: 3 });
    expect(json).toMatchObject({ clashes: ["Same minute in production, 05:00 UTC: attribution, ltv"] });
    expect(text.split("\n").at(-1)).toBe("Same minute in production, 05:00 UTC: attribution, ltv");
  });

  it("are an empty list without schedules", () => {
    expect(run({ a: jobData() }).json).toEqual({ fires: [], clashes: [], clock_changes: [] });
  });

  it("need a valid time zone", () => {
    expect(() => run(DAILY, { timezone: "Mars/Olympus" })).toThrow(
      new CommandError(
        64,
        "--timezone Mars/Olympus is not a time zone; use a name from the IANA time zone database, such as Europe/Berlin",
      ),
    );
  });
});

describe("a change of the clock", () => {
  const change = (timezone: string, now: string): string[] =>
    (run(DAILY, { timezone, now }).json as { clock_changes: string[] }).clock_changes;

  it.each([["2026-01-05T04:30:00Z"], ["2026-03-01T00:00:00Z"], ["2026-03-28T23:59:00Z"], ["2026-03-29T00:59:30Z"]])(
    "in Europe is on the last Sunday of March, asked for at %s",
    (now) => {
      expect(change("Europe/Berlin", now)).toEqual([
        "The clock changes in Europe/Berlin on 2026-03-29: attribution runs at 05:00 UTC, which is 06:00 local time before the change and 07:00 after it.",
      ]);
    },
  );

  it("in New York is on the second Sunday of March, early in the morning as well", () => {
    expect(change("America/New_York", "2026-02-01T05:00:00Z")).toEqual([
      "The clock changes in America/New_York on 2026-03-08: attribution runs at 05:00 UTC, which is 00:00 local time before the change and 01:00 after it.",
    ]);
  });

  it("in Sydney is on the local day", () => {
    expect(change("Australia/Sydney", "2026-06-01T05:00:00Z")).toEqual([
      "The clock changes in Australia/Sydney on 2026-10-04: attribution runs at 05:00 UTC, which is 15:00 local time before the change and 16:00 after it.",
    ]);
  });

  it("does not happen in zones without one", () => {
    expect(change("Asia/Kolkata", "2026-01-05T00:00:00Z")).toEqual([]);
    expect(change("UTC", "2026-01-05T00:00:00Z")).toEqual([]);
  });
});
