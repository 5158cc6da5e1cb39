import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withServer, type Server } from "./server";

/** Times start-up, durable writes and reads of the local dbt Cloud over HTTP on loopback, with its state on disk. */
const JOBS = 1000;
const STARTS = 7;
const LISTS = 100;
const WRITERS = 12;
const WRITES = 100;
const CLIENTS = 200;
const LOAD_SECONDS = 20;

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
    console.log(`${load}: ${times.length} answers, ${errors} errors, ${percentiles(times)}`);
  });
}

async function onDisk<T>(measure: (server: Server) => Promise<T>): Promise<T> {
  const state = mkdtempSync(join(tmpdir(), "bench-local-"));
  try {
    return await withServer({ state }, measure);
  } finally {
    rmSync(state, { recursive: true });
  }
}

async function ask({ url, token, accountId }: Server, method: string, path: string, body?: object): Promise<void> {
  const response = await fetch(`${url}/api/v2/accounts/${accountId}${path}`, {
    method,
    headers: { authorization: `Token ${token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
}

/** Many clients that ask without a pause. */
async function manyClients(server: Server): Promise<{ times: number[]; errors: number }> {
  const times: number[] = [];
  let errors = 0;
  const end = performance.now() + LOAD_SECONDS * 1000;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const begin = performance.now();
      await ask(server, "GET", "/jobs/?limit=100").then(
        () => times.push(performance.now() - begin),
        () => errors++,
      );
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { times, errors };
}

async function listAll(server: Server): Promise<void> {
  for (let offset = 0; offset < JOBS; offset += 100) await ask(server, "GET", `/jobs/?limit=100&offset=${offset}`);
}

function job(i: number): object {
  return {
    name: `job ${i}`,
    project_id: 102,
    environment_id: 302,
    execute_steps: ["dbt source freshness --select source:dbt_production", `dbt build --select tag:t${i}`],
    triggers: { schedule: true },
    schedule: { date: { type: "custom_cron", cron: "0 5 * * *" }, time: { type: "every_hour", interval: 1 } },
  };
}

/** Milliseconds of each call. */
async function timed(count: number, call: (i: number) => Promise<void>): Promise<number[]> {
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
