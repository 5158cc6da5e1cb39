import { printable } from "../../jobs/printable";
import { delay, differencesOf, hasOtherStatus } from "../usage/nodes";
import { savedModels } from "../usage/savings";
import { exceededOn, totalsOf, type Usage } from "../usage/usage";
import { counted } from "./counted";
import { duration } from "./duration";
import { table, type Screen } from "./table";
import { utc } from "./time";

const MOST_MODELS = 10;
const MOST_TESTS = 10;
const MOST_NODES = 20;
const SMALLEST_USE = 0.005;

/** The use of environments as text for a terminal. */
export function usageText(usage: Usage, screen: Screen): string {
  const sections = [
    [printable(headline(usage)), ...monthLines(usage).map(printable)],
    jobTable(usage, screen),
    ownerTable(usage, screen),
    slotTable(usage, screen),
    modelTable(usage, screen),
    testLines(usage).map(printable),
    comparisonTable(usage, screen),
    changeLines(usage).map(printable),
  ];
  return sections
    .filter(({ length }) => length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function headline({ period: { from, to } }: Usage): string {
  return `Use from ${utc(from)} to ${utc(to)} UTC`;
}

function monthLines({ days, allowance, unknown }: Usage): string[] {
  const { built, forecast } = totalsOf(days);
  const month = days[0]!.day.slice(0, 7);
  const plan = allowance === undefined ? "" : ` of ${allowance} (${Math.round((100 * forecast) / allowance)} %)`;
  const exceeded = allowance === undefined ? undefined : exceededOn(days, allowance);
  return [
    `Models built in ${month}: ${built} so far, ${Math.round(forecast)}${plan} expected in the whole month`,
    ...(exceeded === undefined ? [] : [`The month exceeds the allowance on ${exceeded}`]),
    ...(unknown.length > 0 ? [`Not in the forecast, without a known run: ${unknown.join(", ")}`] : []),
  ];
}

function jobTable({ jobs }: Usage, screen: Screen): string[] {
  if (jobs.length === 0) return ["No run in this period"];
  const rows = jobs.map(({ environment, key, owner, runs, models, seconds }) => [
    environment,
    key ?? "other jobs",
    owner ?? "–",
    String(runs),
    String(models),
    duration(seconds),
  ]);
  return [table(["ENVIRONMENT", "KEY", "OWNER", "RUNS", "MODELS", "WAREHOUSE"], rows, screen, ["OWNER"])];
}

function ownerTable({ owners }: Usage, screen: Screen): string[] {
  if (owners.length < 2) return [];
  const rows = owners.map(({ owner, runs, models, seconds }) => [
    owner ?? "not known",
    String(runs),
    String(models),
    duration(seconds),
  ]);
  return [table(["OWNER", "RUNS", "MODELS", "WAREHOUSE"], rows, screen)];
}

function slotTable({ slots }: Usage, screen: Screen): string[] {
  const hours = Array.from({ length: 24 }, (_, hour) => hour).filter((hour) =>
    slots.some((use) => use.hours[hour]! >= SMALLEST_USE),
  );
  if (hours.length === 0) return [];
  const rows = hours.map((hour) => [
    `${String(hour).padStart(2, "0")}:00`,
    ...slots.map((use) => use.hours[hour]!.toFixed(2)),
  ]);
  return [
    "Mean number of runs in progress",
    table(["HOUR (UTC)", ...slots.map((use) => use.environment)], rows, screen),
  ];
}

function modelTable({ slowest }: Usage, screen: Screen): string[] {
  if (slowest.length === 0) return [];
  const rows = slowest
    .slice(0, MOST_MODELS)
    .map(({ model, durations: { count, p50, p95, trend }, seconds }) => [
      nameOf(model),
      String(count),
      duration(seconds),
      `${p50.toFixed(1)} s`,
      `${p95.toFixed(1)} s`,
      trend === null ? "–" : `${trend < 0 ? "" : "+"}${Math.round(trend)} %`,
    ]);
  return [table(["SLOWEST MODELS", "RUNS", "WAREHOUSE", "P50", "P95", "TREND"], rows, screen, ["RUNS", "P95"])];
}

function testLines({ tests: { flapping, alwaysPassed } }: Usage): string[] {
  const lines = flapping
    .slice(0, MOST_TESTS)
    .map(({ test, runs, failures, changes }) => `  ${nameOf(test)}: ${failures} of ${runs} failed, ${changes} changes`);
  return [
    ...(lines.length > 0 ? ["Tests that failed and passed again", ...lines] : []),
    ...(alwaysPassed.length > 0
      ? [`${counted(alwaysPassed.length, "test")} always passed, in ten runs or more: --json names them`]
      : []),
  ];
}

function comparisonTable({ comparison }: Usage, screen: Screen): string[] {
  if (!comparison) return [];
  const { before, after, results } = comparison;
  const all = differencesOf(...results);
  const rows = all
    .filter((one) => hasOtherStatus(one) || delay(one) !== 0)
    .slice(0, MOST_NODES)
    .map((one) => [
      nameOf(one.node),
      one.before?.status ?? "–",
      one.after?.status ?? "–",
      one.before ? `${one.before.seconds.toFixed(1)} s` : "–",
      one.after ? `${one.after.seconds.toFixed(1)} s` : "–",
      `${delay(one) < 0 ? "" : "+"}${delay(one).toFixed(1)} s`,
    ]);
  const title = `Run ${after} compared with run ${before}`;
  if (rows.length === 0) return [`${title}: ${counted(all.length, "node")}, no difference`];
  return [title, table(["NODE", "BEFORE", "AFTER", "TOOK", "TAKES", "DIFFERENCE"], rows, screen, ["TOOK", "TAKES"])];
}

function changeLines({ change }: Usage): string[] {
  if (!change) return [];
  const { file, days, savings } = change;
  const models = Math.round(savings.reduce((sum, saving) => sum + savedModels(saving), 0));
  const seconds = savings.reduce((sum, { before, after }) => sum + (before?.seconds ?? 0) - (after?.seconds ?? 0), 0);
  const verb = models < 0 ? "costs" : "saves";
  const lines = savings.map(({ key, before, after, isByState }) => {
    const least = isByState ? ", at least: runs of the same commit build nothing" : "";
    return `  ${key}: ${before?.runs ?? 0} → ${after?.runs ?? 0} runs, ${Math.round(before?.models ?? 0)} → ${Math.round(after?.models ?? 0)} models${least}`;
  });
  return [
    `In ${days} days, ${file} ${verb} ${counted(Math.abs(models), "model")} and ${duration(Math.abs(seconds))} of the warehouse`,
    ...lines,
  ];
}

/** The name of a node, without its type and project. */
function nameOf(node: string): string {
  return node.split(".").slice(2).join(".") || node;
}
