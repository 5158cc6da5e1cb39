import {
  createJob,
  deleteJob,
  findJobs,
  jobUrl,
  listJobs,
  readJob,
  updateJob,
  type JobRecord,
} from "../../../src/dbt-cloud/jobs";
import { jobPayload, type JobPayload } from "../../../src/dbt-cloud/job-payload";
import { jobDefinition } from "../../support/definitions";
import { addJob, bytesOf, listeningCloud, liveJobs, type ListeningCloud } from "../../support/listening-cloud";
import { localDbtCloud, type LocalDbtCloud } from "../../support/local-dbt-cloud";
import { clientOf } from "../../support/work-on-branch";

const WHERE = { projectId: 102, environmentId: 999 };

let local: LocalDbtCloud;
let cloud: ListeningCloud;
beforeEach(async () => {
  local = localDbtCloud();
  cloud = await listeningCloud(local.world);
});
afterEach(async () => {
  await cloud.close();
  await local.close();
});

function payload(name: string, more: Parameters<typeof jobDefinition>[0] = {}): JobPayload {
  return jobPayload(jobDefinition(more), {
    accountId: 12345,
    projectId: 102,
    environmentId: 999,
    name,
    jobIdOf: () => 0,
    environmentIdOf: () => 302,
  });
}

const named =
  (description: string) =>
  (job: JobRecord): boolean =>
    job.description === description;

const DESCRIPTION = "Builds it\n\nOwner: marketing";

describe("the jobs of an environment", () => {
  it("include every job of the environment, and no other job", async () => {
    const ids = Array.from({ length: 203 }, () => addJob(cloud.world).id);
    addJob(cloud.world, { environment_id: 302 });
    const found = await listJobs(clientOf(cloud), WHERE);
    expect(found.map(({ id }) => id)).toEqual(ids);
    expect(cloud.requests).toEqual([
      "GET v2/jobs/?project_id=102&environment_id=999&limit=100",
      "GET v2/jobs/?project_id=102&environment_id=999&limit=100&offset=99",
      "GET v2/jobs/?project_id=102&environment_id=999&limit=100&offset=198",
    ]);
  });

  it("have their last run on request", async () => {
    const { id } = addJob(cloud.world);
    const [before] = await listJobs(clientOf(cloud), WHERE, { withLastRun: true });
    await local.send("POST", `/api/v2/accounts/12345/jobs/${id}/run/`, { cause: "test" });
    const [after] = await listJobs(clientOf(cloud), WHERE, { withLastRun: true });
    expect([before?.most_recent_run, after?.most_recent_run?.status_humanized]).toEqual([null, "Queued"]);
  });

  it("are an empty list in a new environment, and an error in a missing environment", async () => {
    expect(await listJobs(clientOf(cloud), WHERE)).toEqual([]);
    await expect(listJobs(clientOf(cloud), { ...WHERE, environmentId: 777 })).rejects.toThrow(
      /^dbt Cloud does not have the object \(404\); .*request: GET v3\/projects\/102\/environments\/777\/$/s,
    );
    cloud.requests.length = 0;
    expect(await listJobs(clientOf(cloud), WHERE, { checkEnvironment: false })).toEqual([]);
    expect(cloud.requests).toEqual(["GET v2/jobs/?project_id=102&environment_id=999&limit=100"]);
  });

  it("can have no description", async () => {
    addJob(cloud.world, { description: null });
    expect((await listJobs(clientOf(cloud), WHERE)).map(({ description }) => description)).toEqual([""]);
  });

  it("are found by the complete name, not by a part of it", async () => {
    const { id } = addJob(cloud.world, { name: "team-x" });
    addJob(cloud.world, { name: "team-x-y" });
    addJob(cloud.world, { name: "TEAM-X" });
    addJob(cloud.world, { name: "team-x", environment_id: 302 });
    expect((await findJobs(clientOf(cloud), WHERE, "team-x")).map((job) => job.id)).toEqual([id]);
  });

  it.each(["50% & more", "a+b", "#1", 'ü "quoted" \\'])("are found by the name %s", async (name) => {
    const { id } = addJob(cloud.world, { name });
    expect((await findJobs(clientOf(cloud), WHERE, name)).map((job) => job.id)).toEqual([id]);
  });
});

describe("a new job", () => {
  it("is created as it is sent", async () => {
    const { id } = await createJob(clientOf(cloud), payload("new", { threads: 7 }), named(DESCRIPTION));
    expect(liveJobs(cloud.world)).toMatchObject([{ id, name: "new", settings: { threads: 7 }, environment_id: 999 }]);
  });

  it.each([
    ["dropped after the write", { kind: "drop_after" }],
    ["dropped before the write", { kind: "drop_before" }],
    ["500 after the write", { kind: "status", code: 500, after: true }],
    ["HTML with 200 after the write", { kind: "html", code: 200, after: true }],
    ["HTML with 503 before the write", { kind: "html", code: 503 }],
  ])("is created once when its answer is %s", async (_, fault) => {
    await cloud.order({ ...fault, method: "POST", times: 1 });
    const { id } = await createJob(clientOf(cloud), payload("new"), named(DESCRIPTION));
    expect(liveJobs(cloud.world).map((job) => job.id)).toEqual([id]);
  });

  it("is not confused with another job of the same name", async () => {
    const other = addJob(cloud.world, { name: "new", description: "Somebody else's" });
    const before = bytesOf(cloud.world, [other.id]);
    await cloud.order({ kind: "drop_before", method: "POST", times: 1 });
    const { id } = await createJob(clientOf(cloud), payload("new"), named(DESCRIPTION));
    expect(id).not.toBe(other.id);
    expect(bytesOf(cloud.world, [other.id])).toBe(before);
  });

  it("is not created a second time when the search fails", async () => {
    await cloud.order(
      { kind: "drop_after", method: "POST", times: 1 },
      { kind: "short_page", path: "name__icontains" },
      { kind: "html", code: 200, path: "name__icontains" },
    );
    await expect(createJob(clientOf(cloud), payload("new"), named(DESCRIPTION))).rejects.toThrow(
      "dbt Cloud answered with a page of HTML",
    );
    expect(liveJobs(cloud.world)).toHaveLength(1);
  });
});

describe("an existing job", () => {
  it("is changed only in the fields of its payload", async () => {
    const job = addJob(cloud.world, { name: "old", lifecycle_webhooks: true });
    await updateJob(clientOf(cloud), job.id, payload("new", { schedule: { at: ["05:00"] } }));
    expect(liveJobs(cloud.world)).toMatchObject([
      { id: job.id, name: "new", lifecycle_webhooks: true, triggers: { schedule: true } },
    ]);
  });

  it("is read with its last run, or is undefined", async () => {
    const { id } = addJob(cloud.world);
    await local.send("POST", `/api/v2/accounts/12345/jobs/${id}/run/`, { cause: "test" });
    expect((await readJob(clientOf(cloud), id))?.most_recent_run?.status_humanized).toBe("Queued");
    expect(await readJob(clientOf(cloud), id + 1)).toBeUndefined();
  });

  it("is deleted, even if it is already deleted", async () => {
    const { id } = addJob(cloud.world);
    await deleteJob(clientOf(cloud), id);
    await deleteJob(clientOf(cloud), id);
    expect(liveJobs(cloud.world)).toEqual([]);
  });

  it("does not count as deleted when the answer is a page of HTML", async () => {
    const { id } = addJob(cloud.world);
    await cloud.order({ kind: "html", code: 200, method: "DELETE" });
    await expect(deleteJob(clientOf(cloud), id)).rejects.toThrow("a page of HTML");
    expect(liveJobs(cloud.world)).toHaveLength(1);
  });

  it("has a page in dbt Cloud", () => {
    expect(jobUrl(clientOf(cloud), 102, 7)).toBe(`${cloud.url}/deploy/12345/projects/102/jobs/7`);
  });
});
