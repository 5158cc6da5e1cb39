import { nextRun, scheduleOf } from "../../../../packages/local-dbt-cloud/resources/jobs/schedule";
import { localDbtCloud, V2 } from "../../../support/local-dbt-cloud";

it("a job has the next time of its schedule, in UTC", async () => {
  const cloud = localDbtCloud(new Date("2026-01-05T04:30:00Z"));
  const { body } = await cloud.send("POST", `${V2}/jobs/`, {
    name: "daily",
    project_id: 102,
    environment_id: 302,
    execute_steps: ["dbt build"],
    schedule: { date: { type: "custom_cron", cron: "0 6 * * *" } },
    triggers: { schedule: true },
  });
  expect(body.data).toMatchObject({
    next_run: "2026-01-05 06:00:00.000000+00:00",
    next_run_humanized: "1 hour, 30 minutes",
  });
  await cloud.close();
});

it("the next run is right for times in any order", () => {
  const schedule = scheduleOf({
    date: { type: "custom_cron", cron: "0 6 * * *" },
    time: { type: "every_hour", interval: 1 },
  });
  const next = (after: string): string | undefined => nextRun(schedule, new Date(`${after}Z`))?.toISOString();
  expect(next("2026-01-05T04:00")).toBe("2026-01-05T06:00:00.000Z");
  expect(next("2026-01-05T05:59")).toBe("2026-01-05T06:00:00.000Z");
  expect(next("2026-01-05T06:00")).toBe("2026-01-06T06:00:00.000Z");
  expect(next("2026-01-04T05:59")).toBe("2026-01-04T06:00:00.000Z");
  expect(next("2026-01-06T05:00")).toBe("2026-01-06T06:00:00.000Z");
});

it("a job in a list is the job itself, after each change and each minute", async () => {
  let now = new Date("2026-01-05T04:30:00Z");
  const cloud = localDbtCloud({ now: () => now, at: () => () => undefined });
  const both = async (query: string): Promise<[object, object]> => {
    const list = (await cloud.send("GET", `${V2}/jobs/?${query}`)).body.data as object[];
    return [list.at(-1)!, (await cloud.send("GET", `${V2}/jobs/2/?${query}`)).body.data as object];
  };
  for (const name of ["other", "job"]) {
    await cloud.send("POST", `${V2}/jobs/`, {
      name,
      project_id: 102,
      environment_id: 302,
      execute_steps: ["dbt build"],
      schedule: { date: { type: "custom_cron", cron: "0 6 * * *" } },
      triggers: { schedule: true },
    });
  }
  const first = await both("");
  expect(first[0]).toEqual(first[1]);
  expect(first[0]).toMatchObject({ id: 2, name: "job", next_run_humanized: "1 hour, 30 minutes", environment: null });
  await cloud.send("POST", `${V2}/jobs/2/`, { name: "renamed" });
  now = new Date("2026-01-05T05:30:00Z");
  const second = await both("include_related=environment");
  expect(second[0]).toEqual(second[1]);
  expect(second[0]).toMatchObject({ name: "renamed", next_run_humanized: "30 minutes", environment: { id: 302 } });
  await cloud.close();
});
