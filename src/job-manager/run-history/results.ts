import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { DbtCloudClient } from "../../dbt-cloud/client";
import { isOver, nodeResults, readRun, type NodeResult, type Run } from "../../dbt-cloud/runs";

const lineSchema = z.object({
  run: z.int(),
  results: z.array(z.tuple([z.string(), z.string(), z.number(), z.string()])),
});

/** The number of runs whose results are read at the same time. */
const TOGETHER = 4;

/**
 * The results of the nodes of runs that have ended, by run. They never change, so a file keeps them: a line for each run, which is
 * added as soon as the run is read. A line that is damaged is read again from dbt Cloud.
 *
 * @param file the path of the file; its folder is made when it is missing
 * @throws DbtCloudError when a request fails; the runs that were read before are kept
 */
export async function readResults(
  client: DbtCloudClient,
  runs: readonly Run[],
  file: string,
): Promise<Map<number, readonly NodeResult[]>> {
  const found = keptIn(file);
  const missing = runs.filter((run) => isOver(run) && !found.has(run.id));
  const read = async (): Promise<void> => {
    for (let next = missing.shift(); next; next = missing.shift()) {
      const results = await nodeResults(client, await readRun(client, next.id));
      found.set(next.id, results);
      keep(file, next.id, results);
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, read));
  return found;
}

function keep(file: string, run: number, results: readonly NodeResult[]): void {
  const line = { run, results: results.map(({ node, status, seconds, command }) => [node, status, seconds, command]) };
  mkdirSync(dirname(file), { recursive: true });
  // The line break comes first, so that a line that was cut off damages no other.
  appendFileSync(file, `\n${JSON.stringify(line)}`);
}

function keptIn(file: string): Map<number, readonly NodeResult[]> {
  return new Map(
    linesIn(file).flatMap((line) => {
      const kept = parsed(line);
      if (!kept) return [];
      const results = kept.results.map(([node, status, seconds, command]) => ({ node, status, seconds, command }));
      return [[kept.run, results] as const];
    }),
  );
}

function linesIn(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

function parsed(line: string): z.output<typeof lineSchema> | undefined {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
