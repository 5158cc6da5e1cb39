import { cancel } from "../../../../src/job-manager/commands/cancel";
import { runsOf } from "../../../../packages/local-dbt-cloud/resources/runs/runs";
import { mark, record } from "../../../support/branch-records";
import { refusalOf } from "../../../support/command-refusal";
import { addJob, openCloud, type ListeningCloud } from "../../../support/listening-cloud";
import { addRunOf } from "../../../support/run-rows";
import { bench, devFile, personEnv } from "../../../support/work-on-branch";

let cloud: ListeningCloud;
let job: number;
beforeEach(async () => {
  cloud = await openCloud();
  const { name, description } = record({ mark: mark({ key: "attribution" }) });
  job = addJob(cloud.world, { name, description }).id;
});
afterEach(() => cloud.close());

const start = (key = "attribution", env: Record<string, string> = {}): ReturnType<typeof cancel> =>
  cancel({ config: devFile(), key }, bench({ ...personEnv(cloud), ...env }));

it("cancel ends the newest run of a job", async () => {
  addRunOf(cloud.world, job);
  const { id } = addRunOf(cloud.world, job, { status: 1 });
  const { exitCode, text } = await start();
  expect([exitCode, text]).toEqual([
    0,
    `attribution: run ${id} ended: Cancelled  ${cloud.url}/deploy/12345/projects/102/runs/${id}`,
  ]);
  expect(runsOf(cloud.world).get(id)).toMatchObject({ status: 30 });
});

it("cancel ends with an error when no run is in progress", async () => {
  expect((await refusalOf(start())).message).toBe(
    "there is nothing to cancel, because no run of attribution is in progress; `dbt-job-manager status attribution` shows " +
      "the last one",
  );
  addRunOf(cloud.world, job);
  expect((await refusalOf(start())).message).toContain("nothing to cancel");
  expect((await refusalOf(start("atribution"))).message).toContain("did you mean attribution?");
});

it("DBTCLOUD_READONLY blocks it before the first request", async () => {
  const { id } = addRunOf(cloud.world, job, { status: 1 });
  const { exitCode, message } = await refusalOf(start("attribution", { DBTCLOUD_READONLY: "1" }));
  expect([exitCode, cloud.requests]).toEqual([1, []]);
  expect(message).toBe(
    "Unset DBTCLOUD_READONLY to cancel a run, or follow it with `dbt-job-manager logs attribution --follow`. DBTCLOUD_READONLY " +
      "blocks every write, so nothing was sent.",
  );
  expect(runsOf(cloud.world).get(id)).toMatchObject({ status: 1 });
});
