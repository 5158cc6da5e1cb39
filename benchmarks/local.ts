import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { job, writeHistory } from "./history";
import { withServer, type Server } from "./server";

/**
 * Times start-up, durable writes and reads of the local dbt Cloud over HTTP on loopback, with its state on disk, and kills
 * it while clients write.
 */
const JOBS = 1000;
const STARTS = 7;
const LISTS = 100;
const WRITERS = 12;
const WRITES = 100;
const CLIENTS = 200;
const LOAD_SECONDS = 20;
const OLD_JOBS = 10_000;
const OLD_RUNS = 100_000;
const KILLS = 50;

void main();

async function main(): Promise<void> {
  const starts: number[] = [];
  for (let i = 0; i < STARTS; i++) starts.push(await onDisk((server) => Promise.resolve(server.startSeconds)));
  console.log(`start-up, ${STARTS} runs: median ${middle(starts).toFixed(2)} s`);
  await onDisk(async (server) => {
    const writes = await timed(JOBS, (i) => ask(server, "POST", "/jobs/", job(i)));
    const seconds = writes.reduce((sum, milliseconds) => sum + milliseconds, 0) / 1000;
    console.log(`durable writes, one client: ${Math.round(JOBS / seconds)}/s, ${percentiles(writes)}`);
    const pages = await timed(LISTS, (i) => ask(server, "GET", `/jobs/?limit=100&offset=${(i % 10) * 100}`));
    console.log(`a page of 100 of ${JOBS} jobs: ${percentiles(pages)}`);
    const lists = await timed(LISTS, () => listAll(server));
    console.log(`list of ${JOBS} jobs, 10 pages one after the other: ${percentiles(lists)}`);
    const begin = performance.now();
    const together = await Promise.all(
      Array.from({ length: WRITERS }, (_writer, w) =>
        timed(WRITES, (i) => ask(server, "POST", "/jobs/", job(w * WRITES + i))),
      ),
    );
    const rate = (WRITERS * WRITES * 1000) / (performance.now() - begin);
    console.log(`durable writes, ${WRITERS} clients: ${Math.round(rate)}/s, ${percentiles(together.flat())}`);
    const { times, errors } = await manyClients(server);
    const load = `${CLIENTS} clients for ${LOAD_SECONDS} s, a page of 100 jobs each`;
    const causes = errors.length === 0 ? "" : ` (${[...new Set(errors)].join(", ")})`;
    console.log(`${load}: ${times.length} answers, ${errors.length} errors${causes}, ${percentiles(times)}`);
  });
  await inFolder(measureHistory);
  await inFolder(measureKills);
}

function onDisk<T>(measure: (server: Server) => Promise<T>): Promise<T> {
  return inFolder((state) => withServer({ state }, measure));
}

async function inFolder<T>(measure: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "bench-local-"));
  try {
    return await measure(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Start-up, reads and memory of a server with a long history. */
async function measureHistory(state: string): Promise<void> {
  writeHistory(state, OLD_JOBS, OLD_RUNS);
  console.log(`with ${OLD_JOBS} jobs and ${OLD_RUNS} runs:`);
  const starts: number[] = [];
  for (let i = 0; i < STARTS; i++)
    starts.push(await withServer({ state }, (server) => Promise.resolve(server.startSeconds)));
  console.log(`  start-up, ${STARTS} runs: median ${middle(starts).toFixed(2)} s`);
  await withServer({ state }, async (server) => {
    console.log(`  memory after the start: ${megabytes(server)} MB`);
    const [first] = await timed(1, () => ask(server, "GET", "/runs/?limit=100&order_by=-id"));
    console.log(`  the first page of 100 runs, directly after the start: ${first!.toFixed(0)} ms`);
    const runs = await timed(LISTS, () => ask(server, "GET", "/runs/?limit=100&order_by=-id"));
    console.log(`  a page of the newest 100 runs: ${percentiles(runs)}`);
    await ask(server, "GET", "/jobs/?limit=100");
    const lists = await timed(LISTS, () => listAll(server));
    console.log(`  list of ${JOBS} jobs, 10 pages one after the other: ${percentiles(lists)}`);
    console.log(`  memory after these reads: ${megabytes(server)} MB`);
  });
}

/** Kills the server while clients write, and counts the acknowledged writes that the next start does not have. */
async function measureKills(state: string): Promise<void> {
  const acknowledged: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const before = acknowledged.length;
    await withServer({ state }, async (server) => {
      const write = async (): Promise<void> => {
        for (;;) {
          const answer = await ask(server, "POST", "/jobs/", job(acknowledged.length));
          acknowledged.push((answer as { data: { id: number } }).data.id);
          // Other clients are in the middle of a write now.
          if (acknowledged.length === before + WRITERS + kill) server.process.kill("SIGKILL");
        }
      };
      const writers = Array.from({ length: WRITERS }, () => write().catch(() => undefined));
      await Promise.all(writers);
    });
  }
  const lost = await withServer({ state }, async (server) => {
    let missing = 0;
    for (const id of acknowledged) await ask(server, "GET", `/jobs/${id}/`).catch(() => missing++);
    return missing;
  });
  console.log(`${KILLS} x kill -9, ${WRITERS} clients: ${acknowledged.length} acknowledged writes, ${lost} lost`);
}

/** The resident memory of the server, on Linux. */
function megabytes({ process: { pid } }: Server): string {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
  return (Number(kilobytes) / 1024).toFixed(0);
}

async function ask({ url, token, accountId }: Server, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${url}/api/v2/accounts/${accountId}${path}`, {
    method,
    headers: { authorization: `Token ${token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return JSON.parse(text);
}

/** Many clients that ask without a pause, with the causes of the errors. */
async function manyClients(server: Server): Promise<{ times: number[]; errors: string[] }> {
  const times: number[] = [];
  const errors: string[] = [];
  const end = performance.now() + LOAD_SECONDS * 1000;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const begin = performance.now();
      await ask(server, "GET", "/jobs/?limit=100").then(
        () => times.push(performance.now() - begin),
        (error: unknown) => errors.push(causeOf(error as Error)),
      );
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { times, errors };
}

/** The code of the system for a connection that failed, or else the message. */
function causeOf({ cause, message }: Error): string {
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? message;
}

async function listAll(server: Server): Promise<void> {
  for (let offset = 0; offset < JOBS; offset += 100) await ask(server, "GET", `/jobs/?limit=100&offset=${offset}`);
}

/** Milliseconds of each call. */
async function timed(count: number, call: (i: number) => Promise<unknown>): Promise<number[]> {
  const milliseconds: number[] = [];
  for (let i = 0; i < count; i++) {
    const begin = performance.now();
    await call(i);
    milliseconds.push(performance.now() - begin);
  }
  return milliseconds;
}

function percentiles(milliseconds: readonly number[]): string {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number): string => sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(1);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
