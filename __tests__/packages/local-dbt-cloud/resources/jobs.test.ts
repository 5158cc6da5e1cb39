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
