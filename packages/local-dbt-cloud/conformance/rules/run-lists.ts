import { contains, equal, ids, many } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";
import { finished, started } from "./started-run";

export const runLists = group(
  "run-lists",
  [
    rule(
      "filters",
      "a list is filtered by job, project, environment, status, ids, documents and times",
      async (cloud) => {
        const project = await newProject(cloud);
        const job = await project.newJob({ execute_steps: ["dbt source freshness", "dbt build"] });
        const failing = await project.newJob({ execute_steps: ["dbt build fail"] });
        const a = (await finished(cloud, await started(cloud, job.id))).id;
        const b = (await finished(cloud, await started(cloud, failing.id))).id;
        const c = (await finished(cloud, await started(cloud, job.id))).id;
        const expected: Readonly<Record<string, readonly number[]>> = {
          "": [a, b, c],
          "order_by=-id": [c, b, a],
          [`job_definition_id=${job.id}`]: [a, c],
          [`job_definition_id=${job.id}&order_by=-id&limit=1`]: [c],
          "order_by=-created_at&limit=1": [c],
          "order_by=-finished_at&limit=1": [c],
          "limit=1&offset=1": [b],
          [`environment_id=${project.environment.id}`]: [a, b, c],
          "status=20": [b],
          "status__in=[10,20]": [a, b, c],
          "status__in=[30]": [],
          [`pk=${b}`]: [b],
          [`pk__in=[${a},${c}]`]: [a, c],
          [`id__gt=${a}`]: [b, c],
          "has_sources_generated=true": [a, c],
          "has_docs_generated=true": [],
          "dbt_version=latest": [a, b, c],
          "dbt_version__in=1.7.0": [],
          "created_at__range=2020-01-01T00:00:00Z,2100-01-01T00:00:00Z": [a, b, c],
          "finished_at__range=2020-01-01T00:00:00Z,2020-01-02T00:00:00Z": [],
          "state=all": [a, b, c],
          "state=deleted": [],
        };
        for (const [query, found] of Object.entries(expected)) {
          equal(ids(await cloud.get(`${cloud.v2}/runs/?project_id=${project.id}&${query}`)), found, query);
        }
        equal(ids(await cloud.get(`${cloud.v2}/runs/?project_id__in=[1,${project.id}]`)), [a, b, c], "project_id__in");
      },
    ),
    rule(
      "newest",
      "a list of jobs has each job's newest run and newest ended run if a request asks for them",
      async (cloud) => {
        const project = await newProject(cloud);
        const job = await project.newJob();
        await project.newJob({ name: "never run" });
        const ended = await finished(cloud, await started(cloud, job.id));
        const newest = await started(cloud, job.id, { steps_override: ["dbt build wait"] });
        for (const related of [
          "[most_recent_run,most_recent_completed_run]",
          '["most_recent_run","most_recent_completed_run"]',
        ]) {
          const answer = await cloud.get(`${cloud.v2}/jobs/?project_id=${project.id}&include_related=${related}`);
          contains(many(answer), [
            { most_recent_run: { id: newest.id }, most_recent_completed_run: { id: ended.id, status: 10 } },
            { most_recent_run: null, most_recent_completed_run: null },
          ]);
        }
        await cloud.post(`${cloud.v2}/runs/${newest.id}/cancel/`);
        await finished(cloud, newest);
      },
    ),
  ],
  { startsJobs: true },
);
