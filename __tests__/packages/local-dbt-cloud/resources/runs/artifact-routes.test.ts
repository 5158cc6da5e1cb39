import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { V2 } from "../../../../support/local-dbt-cloud";
import { FakeProject, localRuns, type LocalRuns } from "../../../../support/local-runs";

let project: FakeProject;
let cloud: LocalRuns;
beforeAll(async () => {
  project = new FakeProject();
  cloud = localRuns(project.folder);
  await cloud.trigger(await cloud.addJob(["dbt source freshness", "dbt build"]));
  await cloud.queue.idle();
});
afterAll(async () => {
  await cloud.close();
  project.close();
});

describe("artifacts", () => {
  const ALL = ["compiled/p/a.sql", "manifest.json", "run_results.json", "sources.json"];

  it("are listed as of any step, or of the last step", async () => {
    const list = async (query: string): Promise<unknown> =>
      (await cloud.send("GET", `${V2}/runs/1/artifacts/${query}`)).body.data;
    expect(await list("")).toEqual(ALL);
    expect(await list("?step=5")).toEqual(ALL);
    expect(await list("?step=4")).toEqual(["compiled/p/a.sql", "manifest.json", "sources.json"]);
    expect(await list("?step=1")).toEqual([]);
  });

  it("are answered as they are, by run, step and job", async () => {
    const file = async (path: string): Promise<unknown> => JSON.parse((await cloud.send("GET", `${V2}/${path}`)).text);
    expect(await file("runs/1/artifacts/manifest.json")).toEqual({ made_by: ["build"] });
    expect(await file("runs/1/artifacts/manifest.json?step=4")).toEqual({ made_by: ["source", "freshness"] });
    expect(await file("jobs/1/artifacts/manifest.json")).toEqual({ made_by: ["build"] });
  });

  it.each([
    "..%2F..%2F..%2Fprofile%2Fprofiles.yml",
    "../../../profile/profiles.yml",
    "compiled%2F..%2Fmanifest.json",
    ".%2Fmanifest.json",
    "%2Fetc%2Fpasswd",
    "compiled%2F..%2F..%2F5%2Fmanifest.json",
    "compiled",
    "manifest.json%00",
    "link.json",
    "links/passwd",
    "catalog.json",
  ])("are not reached by the name %s", async (name) => {
    const folder = join(cloud.folder, "runs", "1", "artifacts", "5");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(cloud.folder, "outside"), "outside");
    for (const [link, to] of [
      ["link.json", "outside"],
      ["links", "/etc"],
    ] as const) {
      try {
        symlinkSync(join(cloud.folder, to), join(folder, link));
      } catch {
        // It was made for the name before.
      }
    }
    for (const owner of ["runs/1", "jobs/1"]) {
      const answer = await cloud.send("GET", `${V2}/${owner}/artifacts/${name}`);
      expect(answer.code).toBe(404);
      expect(answer.body.status.is_success).toBe(false);
    }
  });
});
