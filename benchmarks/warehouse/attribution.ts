import { count, DBT, DbtProject, figures } from "./dbt-project";

/** About a million journeys. Seven of ten orders convert, and six of seven of these have touches. */
const ORDERS = 1_000_000;
const RUNS = 3;
const HOUR = { start: "2025-12-31T10:00:00", end: "2025-12-31T14:00:00" };

const CREDITS = ["int_conversion_touches", "attribution_touch_credits", "int_attribution_credits"];
const MARKOV = ["int_markov_transitions", "int_markov_absorption", "markov_removal_effect"];
const MODELS = ["touchpoints", ...CREDITS, "int_markov_journeys", ...MARKOV];

interface OtherTimes {
  readonly journeys: number;
  readonly touches: number;
  readonly heuristics: { readonly seconds: number; readonly difference: number };
  readonly markov: { readonly seconds: number; readonly difference: number };
}

/**
 * Compares the credits of five heuristics with the package marketing-attribution-models, and Markov credits with a
 * linear solve in NumPy, on the same journeys. Both get the journeys in memory; the SQL makes them from touches and
 * orders.
 */
export function measureAttribution(): void {
  DbtProject.with(ORDERS, "touchpoints", (project) => {
    project.run([DBT, "run", "--quiet", "--select", "+attribution_by_channel"]);
    const { report } = project.report("time_attribution.py", String(RUNS));
    const { journeys, touches, heuristics, markov } = report as OtherTimes;
    const seconds = project.modelSeconds(MODELS, RUNS);
    const sum = (models: readonly string[]): string =>
      models.reduce((total, model) => total + seconds.get(model)!, 0).toFixed(2);
    console.log(`${count(journeys)} journeys of ${count(touches)} touches`);
    console.log(`credits, SQL from touches and orders         ${sum(CREDITS)} s (6 models, a row a touch)`);
    console.log(`credits, marketing-attribution-models        ${beside(heuristics)} (5 models)`);
    console.log(`journeys for Markov, SQL                     ${sum(["int_markov_journeys"])} s`);
    console.log(`Markov, SQL from journeys                    ${sum(MARKOV)} s`);
    console.log(`Markov, pandas and NumPy from journeys       ${beside(markov)}`);
    measureHour(project);
  });
}

function beside({ seconds, difference }: OtherTimes["heuristics"]): string {
  return `${seconds.toFixed(2)} s, greatest relative difference ${difference.toExponential(1)}`;
}

/** The hourly job: loads the touches of an hour, and those of the three hours before again. */
function measureHour(project: DbtProject): void {
  const incremental = ["--vars", "{incremental: true}"];
  const select = ["--select", "touchpoints"];
  const whole = project.run([DBT, "build", "--quiet", ...select, ...incremental, "--full-refresh", ...days()]);
  const hours = ["--event-time-start", HOUR.start, "--event-time-end", HOUR.end];
  process.env["DBT_MICROBATCH_SIZE"] = "hour";
  const hour = project.run([DBT, "build", "--quiet", ...select, ...incremental, ...hours]);
  delete process.env["DBT_MICROBATCH_SIZE"];
  console.log(`touchpoints, all batches of a month          ${figures(whole)}`);
  console.log(`touchpoints, an hour and three before        ${figures(hour)}`);
}

function days(): string[] {
  return ["--event-time-start", "2024-01-01", "--event-time-end", "2026-01-01"];
}
