import type { Document } from "./document";

const METHODS = ["get", "post", "put", "patch", "delete"];

/** A method of the app's routes, and their addresses. */
export interface KnownRoute {
  readonly method: string;
  /** The address, with `:name` for a parameter and `*` for a rest. */
  readonly url: string;
}

/** A Markdown page with all documented operations, with and without a route, by address. */
export function operationsTable(documents: readonly Document[], routes: readonly KnownRoute[]): string {
  const known = new Set(routes.map(({ method, url }) => `${method.toUpperCase()} ${shapeOf(url)}`));
  const rows = documents.flatMap(({ paths }) =>
    Object.entries(paths).map(([path, operations]) => {
      const methods = METHODS.filter((method) => method in operations).map((method) => method.toUpperCase());
      const hasRoute = (method: string): boolean => known.has(`${method} ${shapeOf(path)}`);
      return { path, with: methods.filter(hasRoute), without: methods.filter((method) => !hasRoute(method)) };
    }),
  );
  const count = (key: "with" | "without"): number => rows.reduce((sum, row) => sum + row[key].length, 0);
  const lines = rows.map((row) => `| \`${row.path}\` | ${row.with.join(", ")} | ${row.without.join(", ")} |`);
  return [
    "# Which documented operations have a route?",
    "",
    "This page is generated. To update it, clone `dbt-labs/dbt-cloud-openapi-spec` and run",
    "`npm run conformance -- --openapi CLONE --table docs/local-dbt-cloud-operations.md`, then `npm run format`.",
    "",
    `${count("with")} of ${count("with") + count("without")} documented operations have a route.`,
    "",
    "| address | with a route | without a route |",
    "| --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}

/** An address without the names of its parameters. */
function shapeOf(address: string): string {
  return address
    .replace(/\/$/, "")
    .replaceAll("{remainder}", "*")
    .replace(/\{\w+\}|:\w+/g, ":");
}
