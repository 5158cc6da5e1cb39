import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { DbtCloudClient } from "../../dbt-cloud/client";
import { createdIn, isOver, listRuns, runSchema, type Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import type { ProcessEnvironment } from "../../env-files/process-environment";
import { tokenOf } from "../connection";
import type { Target } from "../target";
import type { Period } from "./attainment";

/** The runs of an environment that a file keeps: all runs created in its period that had ended when it was written. */
const keptSchema = z.object({
  version: z.literal(1),
  from: z.iso.datetime(),
  until: z.iso.datetime(),
  runs: z.array(runSchema),
});

type Kept = z.output<typeof keptSchema>;

/** The clocks of two machines can differ by this number of milliseconds, so younger runs are read again. */
const MARGIN = 60 * 60 * 1000;

/**
 * The runs of an environment that were created in a period, the oldest first. A run that has ended never changes, so a file keeps
 * it, and dbt Cloud is asked only for runs that the file does not have. The file is replaced in one step, after all pages are read.
 * Without it, or when it is damaged, all runs are read.
 *
 * @param file the path of the file; its folder is made when it is missing
 * @throws DbtCloudError when a request fails
 */
export async function readHistory(
  client: DbtCloudClient,
  environmentId: number,
  period: Period,
  file: string,
): Promise<Run[]> {
  const kept = keptIn(file, period);
  const from = kept ? new Date(kept.until) : period.from;
  const read = await listRuns(client, environmentId, createdIn({ from, to: period.to }));
  const byId = new Map([...(kept?.runs ?? []), ...read].map((run) => [run.id, run]));
  const runs = [...byId.values()].sort((a, b) => a.id - b.id);
  keep(file, runs, { from: kept ? new Date(kept.from) : period.from, to: period.to });
  return runs.filter((run) => createdAt(run) >= period.from.getTime());
}

/** What a file in the user's cache keeps: runs, the results of their nodes, or what receivers of alerts know. */
type CacheKind = "runs" | "results" | "alerts";

/**
 * A file in the user's cache: of one account and environment, and of one token, because another token can see other runs, and a
 * local dbt Cloud that starts again with a new state has a new token at the same address. What receivers know outlives a token.
 */
export function cacheFile(
  kind: CacheKind,
  { client, where }: Pick<Target, "client" | "where">,
  env: ProcessEnvironment,
): string {
  const folder = env["XDG_CACHE_HOME"]?.trim() || join(homedir(), ".cache");
  const account = client.pageUrl("").replace(/\W+/g, "-");
  const token = createHash("sha256")
    .update(tokenOf(env) ?? "")
    .digest("hex")
    .slice(0, 8);
  const name = [`${kind}-${account}${where.environmentId}`, ...(kind === "alerts" ? [] : [token])].join("-");
  return join(folder, "dbt-job-manager", `${name}.json`);
}

function keep(file: string, runs: readonly Run[], { from, to }: Period): void {
  const open = runs.filter((run) => !isOver(run)).map(createdAt);
  const until = new Date(Math.max(from.getTime(), Math.min(to.getTime() - MARGIN, ...open)));
  const kept: Kept = {
    version: 1,
    from: from.toISOString(),
    until: until.toISOString(),
    runs: runs.filter((run) => isOver(run) && createdAt(run) >= from.getTime()),
  };
  mkdirSync(dirname(file), { recursive: true });
  const next = `${file}.${process.pid}`;
  writeFileSync(next, JSON.stringify(kept));
  renameSync(next, file);
}

/** The kept runs, if they cover the start of a period. Otherwise a gap could hide runs. */
function keptIn(file: string, { from }: Period): Kept | undefined {
  try {
    const kept = keptSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    return Date.parse(kept.from) <= from.getTime() && Date.parse(kept.until) >= from.getTime() ? kept : undefined;
  } catch {
    return undefined;
  }
}

function createdAt({ created_at }: Pick<Run, "created_at">): number {
  return timeOf(created_at) ?? 0;
}
