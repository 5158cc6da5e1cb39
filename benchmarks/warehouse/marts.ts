import { count, DBT, DbtProject, figures, type NodeResult } from "./dbt-project";

interface PandasTimes {
  readonly load: number;
  readonly marts: Readonly<Record<string, { readonly rows: number; readonly compute: number; readonly store: number }>>;
}

/**
 * Builds and tests all models without optional sources, with unit tests and as jobs do, without them. Then makes each mart
 * with SQL and with pandas on the same file.
 *
 * @param runs the number of runs of each mart; the result is the median
 */
export function measureMarts(orders: number, runs: number): void {
  DbtProject.with(orders, "", (project) => {
    for (const options of [[], ["--exclude-resource-type", "unit_test"]]) {
      const built = project.run([DBT, "build", "--quiet", ...options]);
      console.log(["dbt build", ...options].join(" "));
      console.log(
        `           ${figures(built)}; ${kinds(project.results())}\nslowest    ${slowest(project.results())}`,
      );
    }
    const { measured, report } = project.report("time_pandas.py", String(runs));
    const times = report as PandasTimes;
    console.log(`pandas     ${figures(measured)}; ${times.load.toFixed(1)} s to load the sources`);
    // The upstream views of a mart are part of its query.
    printMarts(times, project.modelSeconds(Object.keys(times.marts), runs));
  });
}

/** Compares the SQL with pandas from frames to a frame, and with pandas from tables to a table, like the SQL. */
function printMarts({ load, marts }: PandasTimes, sql: ReadonlyMap<string, number>): void {
  console.log("mart                          rows    SQL s  pandas s   ratio  tables s   ratio");
  for (const [mart, { rows, compute, store }] of Object.entries(marts)) {
    const ours = sql.get(mart)!;
    const cells = [
      count(rows).padStart(10),
      ours.toFixed(2).padStart(8),
      ...[compute, load + compute + store].flatMap((theirs) => [
        theirs.toFixed(2).padStart(9),
        (theirs / ours).toFixed(1).padStart(7),
      ]),
    ];
    console.log(`${mart.padEnd(23)} ${cells.join(" ")}`);
  }
}

/**
 * The number and the seconds of models, data tests and unit tests. They run in parallel, so the sum exceeds the wall
 * time.
 */
function kinds(results: readonly NodeResult[]): string {
  return ["model", "test", "unit_test"]
    .map((kind) => ({ kind, nodes: results.filter(({ unique_id }) => unique_id.startsWith(`${kind}.`)) }))
    .filter(({ nodes }) => nodes.length > 0)
    .map(({ kind, nodes }) => {
      const seconds = nodes.reduce((sum, { execution_time }) => sum + execution_time, 0);
      return `${nodes.length} ${kind.replace("_", " ")}s ${seconds.toFixed(1)} s`;
    })
    .join(", ");
}

function slowest(results: readonly NodeResult[]): string {
  return [...results]
    .sort((a, b) => b.execution_time - a.execution_time)
    .slice(0, 5)
    .map(({ unique_id, execution_time }) => `${unique_id.split(".")[2]!} ${execution_time.toFixed(1)} s`)
    .join(", ");
}
