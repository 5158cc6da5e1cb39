import type { Cloud, Data } from "../cloud";
import { equal, one } from "../expectations";
import { newConnection, newProject, type OwnProject } from "../own-project";
import { group, rule } from "../rule";

/** Makes an object with all optional fields, and returns its address. */
type Maker = (cloud: Cloud, project: OwnProject) => Promise<string>;

const MAKERS: Readonly<Record<string, Maker>> = {
  project: async (cloud, { path, id }) => {
    const repository = one(
      await cloud.post(`${path}/repositories/`, { remote_url: "git@git.example.com:m/dbt.git", project_id: id }),
    );
    const connection_id = (await newConnection(cloud)).id;
    const body = { dbt_project_subdirectory: "dbt", description: "d", connection_id, repository_id: repository.id };
    one(await cloud.post(`${path}/`, { ...one(await cloud.get(`${path}/`)), ...body }));
    return `${path}/`;
  },
  environment: async (cloud, { path, newEnvironment }) => {
    const connection_id = (await newConnection(cloud)).id;
    const more = { deployment_type: "staging", use_custom_branch: true, custom_branch: "main", connection_id };
    return `${path}/environments/${(await newEnvironment(more)).id}/`;
  },
  "plain environment": (_cloud, { path, environment }) => Promise.resolve(`${path}/environments/${environment.id}/`),
  job: async (cloud, { id, newJob, environment }) => {
    const { id: job_id } = await newJob();
    const schedule = { date: { type: "days_of_week", days: [1, 3] }, time: { type: "at_exact_hours", hours: [5] } };
    const job = await newJob({
      schedule,
      triggers: { schedule: true },
      deferring_environment_id: environment.id,
      job_completion_trigger_condition: { condition: { job_id, project_id: id, statuses: [10, 30] } },
      cost_optimization_features: ["state_aware_orchestration"],
    });
    return `${cloud.v2}/jobs/${job.id}/`;
  },
  "ci job": async (cloud, { newJob }) =>
    `${cloud.v2}/jobs/${(await newJob({ triggers: { github_webhook: true } })).id}/`,
  credential: async (cloud, { path }) => {
    const { id } = one(
      await cloud.post(`${path}/credentials/`, { type: "postgres", threads: 2, password: "x", username: "u" }),
    );
    return `${path}/credentials/${id}/`;
  },
  repository: async (cloud, { path, id: project_id }) => {
    const body = { remote_url: "git@git.example.com:m/dbt.git", project_id };
    const { id } = one(await cloud.post(`${path}/repositories/`, body));
    return `${path}/repositories/${id}/`;
  },
  notification: async (cloud) => {
    const { id } = one(
      await cloud.post(`${cloud.v2}/notifications/`, { user_id: 1, type: 4, external_email: "a@example.com" }),
    );
    cloud.remember(`${cloud.v2}/notifications/${id}/`);
    return `${cloud.v2}/notifications/${id}/`;
  },
};

/** The fields that only a create may have. They are answered, and refused in an update. */
const NOT_SENT_BACK = ["gitlab_project_id"];

function withoutTimes({ updated_at: _at, ...data }: Data): object {
  return data;
}

export const echoes = group("echoes", [
  ...Object.entries(MAKERS).map(([resource, make]) =>
    rule(
      resource.replace(" ", "-"),
      `${resource}: an update with the values of the last read changes nothing, so a second plan is empty`,
      async (cloud) => {
        const path = await make(cloud, await newProject(cloud));
        const read = one(await cloud.get(path));
        const sent = Object.fromEntries(Object.entries(read).filter(([key]) => !NOT_SENT_BACK.includes(key)));
        equal(withoutTimes(one(await cloud.post(path, sent))), withoutTimes(read), "the answer");
        equal(withoutTimes(one(await cloud.get(path))), withoutTimes(read), "what is read again");
      },
    ),
  ),
]);
