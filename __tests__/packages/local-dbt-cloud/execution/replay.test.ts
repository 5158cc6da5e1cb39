import { readdirSync } from "node:fs";
import fc from "fast-check";
import { VirtualClock } from "../../../../packages/local-dbt-cloud/clock";
import {
  Recording,
  recordingSchema,
  type RecordingFile,
} from "../../../../packages/local-dbt-cloud/execution/recording";
import { startScheduler } from "../../../../packages/local-dbt-cloud/execution/scheduler";
import { runsFolderIn } from "../../../../packages/local-dbt-cloud/resources/runs/files";
import { runsOf, stepsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { V2 } from "../../../support/local-dbt-cloud";
import { localRuns, type LocalRuns } from "../../../support/local-runs";

const START = new Date("2026-03-01T00:00:00Z");

interface Simulation {
  readonly cloud: LocalRuns;
  readonly clock: VirtualClock;
  readonly addJob: (name: string, cron: string | null, more?: object) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** A local dbt Cloud that replays a recording at a virtual time. */
function simulation(file: RecordingFile, seed = 1): Simulation {
  const clock = new VirtualClock(START, 0);
  const recording = Recording.of(recordingSchema.parse(file), seed, "steps.json");
  const cloud = localRuns("/", { recording }, clock);
  const stopScheduler = startScheduler(cloud.world);
  return {
    cloud,
    clock,
    addJob: (name, cron, more = {}) => {
      const schedule = {
        date: { type: "custom_cron", cron: cron ?? "0 0 * * *" },
        time: { type: "every_hour", interval: 1 },
      };
      return cloud.addJob(["dbt build"], { name, triggers: { schedule: cron !== null }, schedule, ...more });
    },
    close: async () => {
      stopScheduler();
      await cloud.close();
      clock.stop();
    },
  };
}

/** Everything that is stored about runs. */
function historyOf({ world }: LocalRuns): string {
  return JSON.stringify([runsOf(world).all(), stepsOf(world).all()]);
}

describe("a replayed run", () => {
  it("takes the recorded time, and says in its message that dbt did not run", async () => {
    const { cloud, clock, addJob, close } = simulation({ steps: [{ seconds: 90 }] });
    const id = await cloud.trigger(await addJob("job", null));
    await clock.moveTo(new Date("2026-03-01T00:01:29Z"));
    expect(await cloud.run(id)).toMatchObject({ status: 3 });
    await clock.moveTo(new Date("2026-03-01T00:01:30Z"));
    const run = await cloud.run(id);
    expect(run).toMatchObject({
      status: 10,
      status_message: "Replayed from steps.json: dbt did not run",
      started_at: "2026-03-01 00:00:00.000000+00:00",
      finished_at: "2026-03-01 00:01:30.000000+00:00",
      run_duration: "00:01:30",
      artifacts_saved: false,
    });
    await close();
  });

  it("writes no files, whether it fails or succeeds", async () => {
    const steps = [{ seconds: 1, status: "error" as const, message: "no rows", job: "first" }, { seconds: 1 }];
    const { cloud, clock, addJob, close } = simulation({ steps });
    for (const name of ["first", "second"]) await cloud.trigger(await addJob(name, null));
    await clock.moveTo(new Date("2026-03-01T01:00:00Z"));
    expect(runsOf(cloud.world).all()).toMatchObject([{ status: 20 }, { status: 10 }]);
    expect(readdirSync(runsFolderIn(cloud.folder))).toEqual([]);
    await close();
  });

  it("fails as recorded, and starts the jobs that wait for this end", async () => {
    const steps = [{ seconds: 60, status: "error" as const, message: "no rows", job: "first" }, { seconds: 5 }];
    const { cloud, clock, addJob, close } = simulation({ steps });
    const first = await addJob("first", "0 5 * * *");
    const condition = { job_id: first, project_id: 102, statuses: [20] };
    await addJob("after", null, { job_completion_trigger_condition: { condition } });
    await clock.moveTo(new Date("2026-03-01T06:00:00Z"));
    const [failed, next] = await cloud.list("include_related=trigger");
    expect(failed).toMatchObject({
      status: 20,
      status_message: "Step 4, Invoke dbt with `dbt build`: no rows\nReplayed from steps.json: dbt did not run",
      finished_at: "2026-03-01 05:01:00.000000+00:00",
    });
    expect(next).toMatchObject({ status: 10, finished_at: "2026-03-01 05:01:05.000000+00:00" });
    await close();
  });

  it("fails without a step that fits, and says how to add one", async () => {
    const { cloud, clock, addJob, close } = simulation({ steps: [{ seconds: 1, command: "dbt test" }] });
    const id = await cloud.trigger(await addJob("job", null));
    await clock.moveTo(new Date("2026-03-01T00:00:01Z"));
    expect((await cloud.run(id)).status_message).toContain("steps.json has no step for this command and job. Add one");
    await close();
  });

  it("ends with a cancellation, and with the job's timeout in virtual time", async () => {
    const { cloud, clock, addJob, close } = simulation({ steps: [{ seconds: 3600 }] });
    const job = await addJob("job", null);
    const late = await cloud.trigger(job, { timeout_seconds_override: 60 });
    const cancelled = await cloud.trigger(job);
    await clock.moveTo(new Date("2026-03-01T00:02:00Z"));
    await cloud.post(`runs/${cancelled}/cancel/`);
    await cloud.queue.idle();
    expect(await cloud.run(late)).toMatchObject({ status: 30, finished_at: "2026-03-01 00:01:00.000000+00:00" });
    expect(await cloud.run(cancelled)).toMatchObject({ status: 30, finished_at: "2026-03-01 00:02:00.000000+00:00" });
    await close();
  });
});

describe("a step of a recording", () => {
  const steps = [
    { job: "a", command: "dbt build", seconds: 1 },
    { command: "dbt build", seconds: 2 },
    { job: "a", seconds: 3 },
    { seconds: 4 },
  ];
  it.each([
    ["a", "dbt build", 1],
    ["b", "dbt build", 2],
    ["a", "dbt test", 3],
    ["b", "dbt test", 4],
  ])("of job %s and command %s is the one that fits best", (job, command, seconds) => {
    const recording = Recording.of(recordingSchema.parse({ steps }), 1, "steps.json");
    expect(recording.endOf({ job, command, runId: 1, index: 4 })).toMatchObject({ seconds });
  });

  it("is selected by the seed when several fit", () => {
    const many = { steps: Array.from({ length: 50 }, (_step, seconds) => ({ seconds })) };
    const ends = [1, 1, 2].map((seed) => {
      const recording = Recording.of(recordingSchema.parse(many), seed, "steps.json");
      return [1, 2, 3, 4, 5].map((runId) => recording.endOf({ job: "a", command: "b", runId, index: 4 })!.seconds);
    });
    expect(ends[0]).toEqual(ends[1]);
    expect(ends[0]).not.toEqual(ends[2]);
    expect(new Set(ends[0]).size).toBeGreaterThan(1);
  });
});

const CRONS = ["0 5 * * *", "*/15 * * * *", "30 */2 * * 1-5", "0 6 8 3 *", "0,5,10 3 * * 0"];

const simulated = fc.record({
  seed: fc.nat(1000),
  crons: fc.array(fc.constantFrom(...CRONS), { minLength: 1, maxLength: 3 }),
  steps: fc.array(fc.record({ seconds: fc.nat(5000), status: fc.constantFrom("success", "error") }), {
    minLength: 1,
    maxLength: 5,
  }),
  hours: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
});

it("the same clock, seed and file give the same history, in however many moves the clock reaches its end", async () => {
  await fc.assert(
    fc.asyncProperty(simulated, async ({ seed, crons, steps, hours }) => {
      const end = hours.reduce((sum, hour) => sum + hour, 0);
      const histories: string[] = [];
      for (const moves of [[end], hours]) {
        const { cloud, clock, addJob, close } = simulation({ steps }, seed);
        let id = 0;
        for (const [i, cron] of crons.entries())
          id = await addJob(`job ${i}`, cron, i % 2 === 0 ? {} : { environment_id: 202 });
        const condition = { job_id: id, project_id: 102, statuses: [10] };
        await addJob("after", null, { job_completion_trigger_condition: { condition } });
        for (const move of moves) await clock.moveTo(new Date(clock.now().getTime() + move * 3_600_000));
        histories.push(historyOf(cloud));
        await close();
      }
      expect(histories[0]).toBe(histories[1]);
    }),
    { numRuns: 6 },
  );
});

describe("a day with a change of daylight-saving time", () => {
  // dbt Cloud's schedules are in UTC: the day of the change has neither more nor fewer runs.
  it.each([
    ["America/New_York", "2026-03-08"],
    ["Europe/Berlin", "2026-03-29"],
  ])("in %s, %s, has the runs of every other day", async (_zone, day) => {
    const { cloud, clock, addJob, close } = simulation({ steps: [{ seconds: 1 }] });
    await clock.moveTo(new Date(`${day}T00:00:00Z`));
    await addJob("at two and three", "30 1,2,3 * * *");
    await clock.moveTo(new Date(clock.now().getTime() + 86_400_000));
    expect(
      runsOf(cloud.world)
        .all()
        .map((run) => run.created_at),
    ).toEqual(["01", "02", "03"].map((hour) => `${day} ${hour}:30:00.000000+00:00`));
    await close();
  });
});

it("a job fires at its new schedule after a change, and not at the times before the change", async () => {
  const { cloud, clock, addJob, close } = simulation({ steps: [{ seconds: 1 }] });
  const id = await addJob("job", "0 23 * * *");
  await clock.moveTo(new Date("2026-03-01T10:00:00Z"));
  const schedule = { date: { type: "custom_cron", cron: "0 9,12 * * *" }, time: { type: "every_hour", interval: 1 } };
  await cloud.send("POST", `${V2}/jobs/${id}/`, { schedule });
  await clock.moveTo(new Date("2026-03-02T00:00:00Z"));
  expect(
    runsOf(cloud.world)
      .all()
      .map((run) => run.created_at),
  ).toEqual(["2026-03-01 12:00:00.000000+00:00"]);
  await close();
});
