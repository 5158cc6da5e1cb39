import { absent, contains, equal, list, one, refused } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";
import { finished, started, stepsOf } from "./started-run";

export const artifacts = group(
  "artifacts",
  [
    rule("list", "a run's artifacts are a list of paths", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const run = await finished(cloud, await started(cloud, (await newJob()).id));
      const paths = one(await cloud.get(`${cloud.v2}/runs/${run.id}/artifacts/`)) as unknown as readonly string[];
      for (const path of ["manifest.json", "run_results.json"])
        equal(paths.includes(path), true, `whether ${path} is listed`);
    }),
    rule("file", "an artifact is answered as it is, without an envelope", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const run = await finished(cloud, await started(cloud, (await newJob()).id));
      const answer = await cloud.get(`${cloud.v2}/runs/${run.id}/artifacts/run_results.json`);
      contains(answer.json, { results: list, status: absent });
    }),
    rule("step", "`step` is the number of a step from 1; the default is the last step", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const job = await newJob({ execute_steps: ["dbt seed", "dbt build"] });
      const run = await finished(cloud, await started(cloud, job.id));
      const madeBy = async (step: string): Promise<unknown> =>
        (await cloud.get(`${cloud.v2}/runs/${run.id}/artifacts/manifest.json${step}`)).json;
      const last = stepsOf(run).length;
      equal(await madeBy(""), await madeBy(`?step=${last}`), "the artifact of no step");
      contains([await madeBy(`?step=${last - 1}`), await madeBy("")], [{ made_by: "seed" }, { made_by: "build" }]);
    }),
    rule("missing", "a missing artifact is 404 in the envelope", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const job = await newJob();
      const run = await finished(cloud, await started(cloud, job.id));
      refused(await cloud.get(`${cloud.v2}/runs/${run.id}/artifacts/nothing.json`), 404);
      refused(await cloud.get(`${cloud.v2}/jobs/${job.id}/artifacts/nothing.json`), 404);
      refused(await cloud.get(`${cloud.v2}/runs/999999999/artifacts/manifest.json`), 404);
    }),
    rule("outside", "a path that leads out of a run's artifacts is 404", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const run = await finished(cloud, await started(cloud, (await newJob()).id));
      for (const path of [
        "..%2F..%2Fprofile%2Fprofiles.yml",
        "../../profile/profiles.yml",
        "%2Fetc%2Fpasswd",
        "compiled",
      ]) {
        refused(await cloud.get(`${cloud.v2}/runs/${run.id}/artifacts/${path}`), 404);
      }
    }),
    rule("of-job", "a job's artifact comes from its newest run that has it", async (cloud) => {
      const { newJob } = await newProject(cloud);
      const job = await newJob({ execute_steps: ["dbt seed"] });
      await finished(cloud, await started(cloud, job.id));
      await finished(cloud, await started(cloud, job.id, { steps_override: ["dbt build"] }));
      contains((await cloud.get(`${cloud.v2}/jobs/${job.id}/artifacts/manifest.json`)).json, { made_by: "build" });
    }),
  ],
  { startsJobs: true },
);
