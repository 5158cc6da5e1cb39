import { newestRun, runsOfJob } from "../../../../../packages/local-dbt-cloud/resources/runs/groups";
import { localDbtCloud, V2, type LocalDbtCloud } from "../../../../support/local-dbt-cloud";

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

async function start(jobId: number): Promise<void> {
  await cloud.send("POST", `${V2}/jobs/${jobId}/run/`, { cause: "test" });
}

describe("the runs of a job", () => {
  it("are grouped once for all jobs, and again after a write", async () => {
    const body = { name: "j", project_id: 102, environment_id: 302, execute_steps: ["dbt build"] };
    for (let i = 0; i < 2; i++) await cloud.send("POST", `${V2}/jobs/`, body);
    for (const jobId of [1, 2, 1]) await start(jobId);
    const runs = runsOfJob(cloud.world, 1);
    expect(runs.map(({ id }) => id)).toEqual([1, 3]);
    expect(runsOfJob(cloud.world, 2).map(({ id }) => id)).toEqual([2]);
    expect(runsOfJob(cloud.world, 1)).toBe(runs);

    await start(1);
    expect(newestRun(cloud.world, 1)?.id).toBe(4);
    expect(newestRun(cloud.world, 1, ({ id }) => id < 4)?.id).toBe(3);
    expect(newestRun(cloud.world, 7)).toBeUndefined();
  });
});
