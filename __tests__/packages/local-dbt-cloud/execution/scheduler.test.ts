import { systemClock } from "../../../../packages/local-dbt-cloud/clock";
import { FireTimes, fireSchedules, startScheduler } from "../../../../packages/local-dbt-cloud/execution/scheduler";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { localDbtCloud, V2, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

async function addJob(name: string, cron: string, more: object = {}): Promise<void> {
  const schedule = { date: { type: "custom_cron", cron }, time: { type: "every_hour", interval: 1 } };
  const body = {
    name,
    project_id: 102,
    environment_id: 999,
    execute_steps: ["dbt build"],
    triggers: { schedule: true },
  };
  await cloud.send("POST", `${V2}/jobs/`, { ...body, schedule, ...more });
}

function due(from: string, to: string): string[] {
  const times = new FireTimes(cloud.world, new Date(`2026-01-05T${from}Z`));
  return times.take(new Date(`2026-01-05T${to}Z`)).map(({ name }) => name);
}

describe("the jobs that are due", () => {
  beforeEach(async () => {
    await addJob("at five", "0 5 * * *");
    await addJob("each quarter", "*/15 * * * *");
    await addJob("on demand", "0 5 * * *", { triggers: { schedule: false } });
  });

  it.each([
    ["04:50:00", "04:59:59", []],
    ["04:59:59", "05:00:00", ["at five", "each quarter"]],
    ["05:00:00", "05:14:59", []],
    ["05:00:00", "05:15:00", ["each quarter"]],
  ])("later than %s, up to %s, are %p", (from, to, names) => {
    expect(due(from, to)).toEqual(names);
  });

  it("are each named once, even if they fire several times", () => {
    expect(due("03:00:00", "06:00:00")).toEqual(["at five", "each quarter"]);
  });

  it("do not include deleted jobs", async () => {
    await cloud.send("DELETE", `${V2}/jobs/1/`);
    expect(due("04:59:59", "05:00:00")).toEqual(["each quarter"]);
  });
});

it("the next scheduled run replaces a queued one, as in dbt Cloud", async () => {
  await addJob("each quarter", "*/15 * * * *");
  await cloud.send("POST", `${V2}/jobs/1/run/`, { cause: "by hand" });
  for (const minute of ["14", "29"]) {
    const from = new Date(`2026-01-05T05:${minute}:00Z`);
    fireSchedules(cloud.world, new FireTimes(cloud.world, from).take(new Date(from.getTime() + 60_000)));
  }
  expect(runsOf(cloud.world).all()).toMatchObject([
    { status: 1, trigger: { cause_category: "api" } },
    { status: 30, status_message: "Cancelled: a later run of the same schedule was queued" },
    { status: 1, trigger: { cause: "scheduled", cause_category: "scheduled" } },
  ]);
});

it("fires until it is stopped, and does not fire schedules of the time before its start", async () => {
  await addJob("at five and six", "0 5,6 * * *");
  await addJob("earlier", "0 4 * * *");
  jest.useFakeTimers({ now: new Date("2026-01-05T04:30:00Z") });
  const stop = startScheduler({ ...cloud.world, clock: systemClock });
  const minutes = (count: number): number => count * 60_000;
  jest.advanceTimersByTime(minutes(29));
  expect(runsOf(cloud.world).all()).toEqual([]);
  jest.advanceTimersByTime(minutes(2));
  expect(runsOf(cloud.world).all()).toMatchObject([{ job_definition_id: 1, status: 1 }]);
  stop();
  jest.advanceTimersByTime(minutes(90));
  expect(runsOf(cloud.world).all()).toHaveLength(1);
  jest.useRealTimers();
});
