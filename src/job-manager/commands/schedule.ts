import { environmentSchema, type EnvironmentDefinition } from "../../env-files/definition";
import { loadEnvironments } from "../../env-files/load";
import { readSettings } from "../../env-files/settings";
import { groupedBy } from "../../jobs/grouped";
import { nextFireTimes } from "../../jobs/schedule";
import { EXIT } from "../exit-codes";
import type { ResultOf } from "../output/result-schemas";
import { table } from "../output/table";
import { clockTime, inTimeZone, utc } from "../output/time";
import { CommandError, type CommandResult, type OfflineDependencies } from "./command";

export interface ScheduleOptions {
  /** Env files or folders of them. */
  readonly files: readonly string[];
  /** The number of runs to show for each job. */
  readonly next: number;
  /**
   * The team's time zone, a name of the IANA database.
   *
   * @default - the time zone of the env file
   */
  readonly timezone?: string;
}

interface Fire {
  readonly at: Date;
  readonly environment: EnvironmentDefinition;
  readonly key: string;
  readonly zone: string;
}

/**
 * Shows the next runs of jobs in UTC and in the team's time zone, the jobs that start in the same minute, and the effect of the
 * next clock change.
 *
 * @throws ConfigurationError with all problems of all files
 * @throws CommandError when the time zone does not exist
 */
export function schedule(options: ScheduleOptions, dependencies: OfflineDependencies): CommandResult {
  const { timezone } = options;
  const { env, now } = dependencies;
  if (timezone !== undefined && !environmentSchema.shape.timezone.safeParse(timezone).success) {
    throw new CommandError(
      EXIT.usage,
      `--timezone ${timezone} is not a time zone; use a name from the IANA time zone database, such as Europe/Berlin`,
    );
  }
  const environments = loadEnvironments(options.files, readSettings(env));
  const fires = environments
    .flatMap((environment) => firesOf(environment, options, now))
    .sort((a, b) => a.at.getTime() - b.at.getTime() || a.environment.name.localeCompare(b.environment.name));
  const clashes = clashesIn(fires);
  const changes = clockChanges(fires, now);
  const rows = fires.map(({ at, environment, key, zone }) => [
    utc(at),
    `${inTimeZone(at, zone)} ${zone}`,
    environment.name,
    key,
    expectsText(environment, key),
  ]);
  return {
    exitCode: EXIT.ok,
    text: [
      table(["RUNS AT (UTC)", "IN THE TEAM'S TIME ZONE", "ENVIRONMENT", "KEY", "AFTER"], rows, dependencies, ["AFTER"]),
      "",
      ...(clashes.length > 0 ? clashes : ["No two jobs of an environment start in the same minute."]),
      ...changes,
    ].join("\n"),
    json: {
      fires: fires.map(({ at, environment, key, zone }) => ({
        at: at.toISOString(),
        local: inTimeZone(at, zone),
        timezone: zone,
        environment: environment.name,
        key,
        expects: environment.jobs[key]!.expects,
      })),
      clashes,
      clock_changes: changes,
    } satisfies ResultOf<"schedule">,
  };
}

function firesOf(environment: EnvironmentDefinition, { next, timezone }: ScheduleOptions, now: Date): Fire[] {
  const zone = timezone ?? environment.timezone;
  return Object.entries(environment.jobs).flatMap(([key, job]) => {
    if (!job.schedule || job.paused) return [];
    return nextFireTimes(job.schedule, now, next).map((at) => ({ at, environment, key, zone }));
  });
}

function expectsText({ jobs }: EnvironmentDefinition, key: string): string {
  return jobs[key]!.expects.join(", ") || "–";
}

/** Jobs of one environment that start in the same minute compete for its run slots. */
function clashesIn(fires: readonly Fire[]): string[] {
  const together = groupedBy(fires, ({ environment, at }) => `${environment.name} ${at.toISOString()}`);
  const found = [...together.values()].filter((group) => group.length > 1);
  const lines = found.map((group) => {
    const [{ at, environment }] = group as [Fire, ...Fire[]];
    return `Same minute in ${environment.name}, ${utc(at).slice(11)} UTC: ${group.map(({ key }) => key).join(", ")}`;
  });
  return [...new Set(lines)];
}

const DAY = 24 * 60 * 60 * 1000;
const MINUTE = 60 * 1000;
const YEAR_OF_DAYS = 366;

/** dbt Cloud starts jobs by UTC, so a clock change moves every run in the team's time zone. */
function clockChanges(fires: readonly Fire[], now: Date): string[] {
  const zones = [...new Set(fires.map(({ zone }) => zone))].filter((zone) => zone !== "UTC");
  return zones.flatMap((zone) => {
    const change = nextChange(zone, now);
    if (!change) return [];
    const [fire] = fires.filter((candidate) => candidate.zone === zone);
    const days = Math.ceil((change.getTime() - fire!.at.getTime()) / DAY);
    const [before, after] = [days - 1, days].map((count) =>
      clockTime(new Date(fire!.at.getTime() + count * DAY), zone),
    );
    return [
      `The clock changes in ${zone} on ${dayIn(zone, change)}: ${fire!.key} runs at ` +
        `${utc(fire!.at).slice(11)} UTC, which is ${before} local time before the change and ${after} after it.`,
    ];
  });
}

/** The minute of the next change of a zone's offset, within a year; undefined when there is none. */
function nextChange(zone: string, now: Date): Date | undefined {
  const offset = offsetOf(now, zone);
  const days = Array.from({ length: YEAR_OF_DAYS }, (_, i) => new Date(now.getTime() + i * DAY));
  const day = days.find((candidate) => offsetOf(candidate, zone) !== offset);
  if (!day) return undefined;
  const last = Math.floor(day.getTime() / MINUTE);
  let [before, after] = [last - DAY / MINUTE, last];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetOf(new Date(middle * MINUTE), zone) === offset) before = middle;
    else after = middle;
  }
  return new Date(after * MINUTE);
}

function offsetOf(time: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "longOffset" }).formatToParts(time);
  return parts.find(({ type }) => type === "timeZoneName")!.value;
}

function dayIn(timeZone: string, time: Date): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(time);
}
