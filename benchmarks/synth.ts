import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

/**
 * Measures wall time and peak memory of `ts-node main.ts` from process start to end, and compares them with a bare
 * cdktf program that makes the same jobs from literals. Runs alternate, so a slow moment of the machine affects both.
 */
const ROOT = join(__dirname, "..");
const TS_NODE = join(ROOT, "node_modules", "ts-node", "register");
const SIZES = [10, 100, 1000, 10_000];

interface Measurement {
  readonly seconds: number;
  readonly megabytes: number;
}

interface Comparison {
  readonly title: string;
  readonly prepare: (folder: string) => void;
  /** Stack names and numbers of jobs for the bare program. */
  readonly bare: readonly string[];
  readonly runs: number;
}

const shipped: Comparison = {
  title: "shipped",
  prepare: (folder) => {
    cpSync(join(ROOT, "environments"), join(folder, "environments"), { recursive: true });
  },
  bare: ["production", "5", "staging", "6"],
  runs: 7,
};

main();

function main(): void {
  console.log("jobs      ours s  ours MB  bare s  bare MB  ours/bare  ms a job");
  for (const comparison of [shipped, ...SIZES.map(generated)]) measure(comparison);
  measureCli();
}

function generated(count: number): Comparison {
  return {
    title: String(count),
    prepare: (folder) => {
      mkdirSync(join(folder, "environments"));
      writeFileSync(join(folder, "environments", "production.yaml"), environmentFile(count));
    },
    bare: ["production", String(count)],
    runs: count > 1000 ? 3 : 5,
  };
}

function environmentFile(count: number): string {
  const head = `name: production
applied_by: terraform
git_branch: production
team: marketing-team
project: { id: 102 }
environment: { id: 302 }
defaults: { owner: marketing, threads: 4, timeout_seconds: 3600 }
jobs:
`;
  const job = (n: number): string => `  job-${n}:
    category: attribution
    description: Job ${n}
    schedule: { at: ["${String(n % 24).padStart(2, "0")}:00"] }
    execute_steps:
      - dbt source freshness --select source:dbt_production
      - dbt build --select tag:t${n}
`;
  return head + Array.from({ length: count }, (_, i) => job(i + 1)).join("");
}

function measure({ title, prepare, bare, runs }: Comparison): void {
  const ours = mkdtempSync(join(tmpdir(), "bench-ours-"));
  const theirs = mkdtempSync(join(tmpdir(), "bench-bare-"));
  try {
    prepare(ours);
    const measurements = Array.from({ length: runs + 1 }, () => ({
      ours: run(ours, join(ROOT, "main.ts"), []),
      bare: run(theirs, join(__dirname, "bare-program.ts"), bare),
    })).slice(1);
    if (title !== "shipped") requireSameJobs(ours, theirs);
    const our = median(measurements.map((m) => m.ours));
    const their = median(measurements.map((m) => m.bare));
    const jobs = bare.reduce((sum, word) => sum + (Number(word) || 0), 0);
    const cells = [
      our.seconds.toFixed(2).padStart(7),
      our.megabytes.toFixed(0).padStart(8),
      their.seconds.toFixed(2).padStart(7),
      their.megabytes.toFixed(0).padStart(8),
      (our.seconds / their.seconds).toFixed(2).padStart(10),
      ((our.seconds * 1000) / jobs).toFixed(2).padStart(9),
    ];
    console.log(`${title.padEnd(8)} ${cells.join(" ")}`);
  } finally {
    rmSync(ours, { recursive: true });
    rmSync(theirs, { recursive: true });
  }
}

/** `cdktf synth` runs this program as a child process. */
function measureCli(): void {
  const seconds = Array.from({ length: 3 }, () => {
    const start = performance.now();
    const { status } = spawnSync(join(ROOT, "node_modules", ".bin", "cdktf"), ["synth"], {
      cwd: ROOT,
      stdio: "ignore",
      env: { ...process.env, CHECKPOINT_DISABLE: "1", CI: "1" },
    });
    if (status !== 0) throw new Error("cdktf synth failed");
    return (performance.now() - start) / 1000;
  });
  console.log(`\ncdktf synth of the shipped files: ${middle(seconds).toFixed(2)} s`);
}

function run(cwd: string, program: string, args: readonly string[]): Measurement {
  const start = performance.now();
  const peak = join(__dirname, "report-peak-memory.cjs");
  const { status, output } = spawnSync(process.execPath, ["-r", peak, "-r", TS_NODE, program, ...args], {
    cwd,
    env: { ...process.env, TS_NODE_PROJECT: join(ROOT, "tsconfig.json") },
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${program} ended with ${String(status)}`);
  return { seconds, megabytes: Number(String(output[3])) / 1024 / 1024 };
}

/** The comparison is valid only if both programs make the same jobs. */
function requireSameJobs(ours: string, theirs: string): void {
  const [our, their] = [ours, theirs].map(jobs);
  if (!isDeepStrictEqual(our, their)) throw new Error("the two programs do not make the same jobs");
}

function jobs(folder: string): unknown {
  const file = join(folder, "cdktf.out", "stacks", "production", "cdk.tf.json");
  const { resource } = JSON.parse(readFileSync(file, "utf8")) as {
    resource: { dbtcloud_job: Record<string, Record<string, unknown>> };
  };
  return Object.entries(resource.dbtcloud_job).map(([key, { "//": _metadata, ...job }]) => [key, job]);
}

function median(measurements: readonly Measurement[]): Measurement {
  return {
    seconds: middle(measurements.map(({ seconds }) => seconds)),
    megabytes: middle(measurements.map(({ megabytes }) => megabytes)),
  };
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
