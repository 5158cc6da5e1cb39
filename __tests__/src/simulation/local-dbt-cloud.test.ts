import { join } from "node:path";
import fc from "fast-check";
import { VirtualClock } from "../../../packages/local-dbt-cloud/clock";
import { Recording, recordingSchema, type RecordingFile } from "../../../packages/local-dbt-cloud/execution/recording";
import { startScheduler } from "../../../packages/local-dbt-cloud/execution/scheduler";
import { jobsOf as rowsOf } from "../../../packages/local-dbt-cloud/resources/jobs/jobs";
import { runsOf, STATUS } from "../../../packages/local-dbt-cloud/resources/runs/runs";
import { timestamp } from "../../../packages/local-dbt-cloud/world";
import { jobPayload } from "../../../src/dbt-cloud/job-payload";
import type { EnvironmentDefinition } from "../../../src/env-files/definition";
import { loadEnvironments } from "../../../src/env-files/load";
import { readSettings } from "../../../src/env-files/settings";
import { inOrder } from "../../../src/jobs/order";
import { referencedId } from "../../../src/jobs/reference";
import { RUN_STATUS } from "../../../src/jobs/run-status";
import { firesOf, jobsOf, type SimulatedJob } from "../../../src/simulation/environment";
import { simulateRuns, type Draw } from "../../../src/simulation/timeline";
import { environmentDefinition, jobDefinition } from "../../support/definitions";
import { localRuns } from "../../support/local-runs";

const SHIPPED = join(__dirname, "../../../environments");
const START = new Date("2026-03-01T00:00:00Z");

/** A run: its id, job, status, and the times of its start and end. */
type Row = readonly unknown[];

/** The jobs in the order in which they can be created: each after the jobs that it names by id. */
function ordered(environment: EnvironmentDefinition): EnvironmentDefinition {
  const { jobs } = environment;
  return { ...environment, jobs: Object.fromEntries(inOrder(Object.keys(jobs), jobs).map((key) => [key, jobs[key]!])) };
}

/** The runs that the local dbt Cloud has under its virtual clock, with steps that are replayed. */
async function actualRuns(
  environments: readonly EnvironmentDefinition[],
  recording: Recording,
  days: number,
): Promise<Row[]> {
  const clock = new VirtualClock(START, 0);
  const cloud = localRuns("/", { recording }, clock);
  const stopScheduler = startScheduler(cloud.world);
  const environmentIdOf = (name: string): number =>
    referencedId(environments.find((environment) => environment.name === name)!.environment)!;
  for (const environment of environments) {
    const ids = new Map<string, number>();
    for (const [key, job] of Object.entries(environment.jobs)) {
      const { project_id, environment_id, ...body } = jobPayload(job, {
        accountId: 12345,
        projectId: 102,
        environmentId: environmentIdOf(environment.name),
        name: `${environment.name}/${key}`,
        jobIdOf: (other) => ids.get(other)!,
        environmentIdOf,
      });
      ids.set(key, await cloud.addJob(job.execute_steps, { ...body, project_id, environment_id }));
    }
  }
  await clock.moveTo(new Date(START.getTime() + days * 86_400_000));
  const rows = runsOf(cloud.world)
    .all()
    .map((run) => [
      run.id,
      rowsOf(cloud.world).get(run.job_definition_id)!.name,
      run.status < STATUS.success ? "open" : run.status,
      run.created_at,
      run.started_at,
      run.finished_at,
    ]);
  stopScheduler();
  await cloud.close();
  clock.stop();
  return rows;
}

/** The runs that the simulation predicts. A run takes as long as its steps until the first failure. */
function predictedRuns(environments: readonly EnvironmentDefinition[], recording: Recording, days: number): Row[] {
  const simulated = environments.map(({ name, timezone, jobs }) => ({ name, timezone, slots: 1, jobs }));
  const jobs = jobsOf(simulated);
  const nameOf = ({ environment, key }: SimulatedJob): string => `${environment.name}/${key}`;
  const draw: Draw = ({ id, job }) => {
    const { execute_steps } = environments.find(({ name }) => name === job.environment.name)!.jobs[job.key]!;
    let seconds = 0;
    for (const [i, command] of execute_steps.entries()) {
      const end = recording.endOf({ job: nameOf(job), command, runId: id, index: i + 4 })!;
      seconds += end.seconds;
      if (end.status !== STATUS.success) return { seconds, isSuccess: false };
    }
    return { seconds, isSuccess: true };
  };
  const end = START.getTime() + days * 86_400_000;
  // A scheduler fires no schedule of the moment at which it starts, and a clock does everything up to its end.
  const period = { from: new Date(START.getTime() + 1), to: new Date(end + 1) };
  const text = (time: number | undefined): string | null => (time === undefined ? null : timestamp(new Date(time)));
  return simulateRuns(jobs, firesOf(jobs, period), draw, end).map((run) => [
    run.id,
    nameOf(run.job),
    run.ending ? RUN_STATUS[run.ending] : "open",
    text(run.createdAt),
    text(run.startedAt),
    text(run.finishedAt),
  ]);
}

async function expectEqual(
  environments: readonly EnvironmentDefinition[],
  file: RecordingFile,
  days: number,
  seed = 1,
): Promise<Row[]> {
  const recording = Recording.of(recordingSchema.parse(file), seed, "steps.json");
  const inCreatedOrder = environments.map(ordered);
  const predicted = predictedRuns(inCreatedOrder, recording, days);
  expect(predicted).toEqual(await actualRuns(inCreatedOrder, recording, days));
  return predicted;
}

it("predicts every run of a month of the shipped jobs, to the millisecond", async () => {
  const environments = loadEnvironments([SHIPPED], readSettings({}));
  const steps = [400, 950, 1500, 2600, 4100].map((seconds) => ({ seconds }));
  const failing = { command: "dbt build --select tag:executive", seconds: 77, status: "error" } as const;
  const rows = await expectEqual(environments, { steps: [...steps, failing] }, 30);
  expect(rows.length).toBeGreaterThan(600);
  expect(new Set(rows.map(([, , status]) => status))).toEqual(new Set([10, 20, 30]));
});

const SCHEDULES = [
  { at: ["00:00"] },
  { every_hours: 1 },
  { cron: "*/20 * * * *" },
  { cron: "30 */2 * * 1-5" },
  undefined,
];
const ENDINGS = [["success"], ["error"], ["success", "error"], ["canceled"], ["success", "error", "canceled"]];

/** Jobs that start at the same times, wait for each other, follow each other and end at the moments of schedules. */
const worlds = fc.record({
  seed: fc.nat(1000),
  jobs: fc.array(
    fc.record({
      environment: fc.integer({ min: 0, max: 1 }),
      schedule: fc.constantFrom(...SCHEDULES),
      after: fc.nat(3),
      on: fc.constantFrom(...ENDINGS),
      timeout_seconds: fc.constantFrom(0, 600, 1200, 3600),
      paused: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  steps: fc.array(
    fc.record({
      seconds: fc.constantFrom(0, 60, 600, 1200, 1800, 3600, 7200),
      status: fc.constantFrom("success", "error"),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

it("predicts the runs of any jobs, also when runs end at the moments of schedules and of timeouts", async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ seed, jobs, steps }) => {
      const environments = [999, 202].map((id, index) => {
        const own = jobs.filter(({ environment }) => environment === index);
        const definitions = own.map(({ schedule, after, on, timeout_seconds, paused }, i) => {
          const run_after = !schedule && after < i ? { job: `job${after}`, on } : undefined;
          return [
            `job${i}`,
            jobDefinition({ schedule, run_after, timeout_seconds, paused: paused && schedule !== undefined }),
          ];
        });
        return environmentDefinition({ name: `env${id}`, environment: { id }, jobs: Object.fromEntries(definitions) });
      });
      await expectEqual(environments, { steps }, 2, seed);
    }),
    { numRuns: 30 },
  );
});
