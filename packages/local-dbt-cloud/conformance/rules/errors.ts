import { contains, many, must, one, refused, text } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";
import { lists } from "./addresses";

const HOSTILE_QUERIES = [
  "limit=x&offset=-1&order_by=zzz&state=9",
  "project_id=x&pk=,&pk__in=[x]&include_related=[[&id__gt=",
  "job_definition_id=x&status=x&created_at__range=x",
  "limit=-5",
  "%zz=1",
];

export const errors = group("errors", [
  rule("single-envelope", "one object comes in status, data, extra and error_code", async (cloud) => {
    const { path } = await newProject(cloud);
    const answer = await cloud.get(`${path}/`);
    one(answer);
    const status = { code: 200, is_success: true, user_message: text, developer_message: text };
    contains(answer.json, { status, extra: {}, error_code: null }, "the envelope");
  }),
  rule("404", "a missing object is 404, and the envelope has the code 404 too", async (cloud) => {
    const { path } = await newProject(cloud);
    for (const missing of [
      `${path}/environments/999999999/`,
      `${cloud.v2}/jobs/999999999/`,
      `${cloud.v2}/runs/999999999/`,
    ]) {
      refused(await cloud.get(missing), 404);
    }
  }),
  rule("404-word", "an id that is not a number is 404", async (cloud) => {
    refused(await cloud.get(`${cloud.v2}/jobs/x/`), 404);
  }),
  rule("404-address", "an unknown address is 404", async (cloud) => {
    refused(await cloud.get(`${cloud.v3}/nothing/`), 404);
  }),
  rule("405", "a method that an address does not have is 405", async (cloud) => {
    refused(await cloud.send("PUT", `${cloud.v2}/jobs/`, { body: {} }), 405);
    refused(await cloud.get(`${cloud.v2}/jobs/1/run/`), 405);
  }),
  rule("never-400-to-get", "a GET is never answered with 400", async (cloud) => {
    const project = await newProject(cloud);
    for (const [name, path] of Object.entries(lists(cloud, project))) {
      for (const query of HOSTILE_QUERIES) {
        const { status } = await cloud.get(`${path}?${query}`);
        // 501 is the answer for a filter that a list does not have.
        must(status === 200 || status === 501, `${name} with ?${query} is ${status}`);
      }
    }
  }),
  rule(
    "unknown-filter",
    "a filter that a list does not have is refused, and never repeated as applied",
    async (cloud) => {
      const project = await newProject(cloud);
      for (const [name, path] of Object.entries(lists(cloud, project))) {
        const { status } = await cloud.get(`${path}?no_such_filter=1`);
        must(status >= 400, `${name} with an unknown filter is ${status}`);
      }
    },
  ),
  rule("400-field", "a refused value is 400, with a message for its field in `data`", async (cloud) => {
    const { job } = await newProject(cloud);
    const answer = await cloud.post(`${cloud.v2}/jobs/`, job({ schedule: { time: { type: "every_hour" } } }));
    refused(answer, 400, { schedule: { time: { interval: text } } });
    contains(answer.json, { extra: {}, error_code: null }, "the envelope");
  }),
  rule("400-json", "a body that is not JSON, or not an object, is 400", async (cloud) => {
    for (const body of ["{", '"x"', "[1]"]) refused(await cloud.post(`${cloud.v2}/jobs/`, body), 400);
  }),
  rule("refused-writes-nothing", "a refused create and a refused update change nothing", async (cloud) => {
    const project = await newProject(cloud);
    const { id } = await project.newJob();
    refused(await cloud.post(`${cloud.v2}/jobs/`, project.job({ execute_steps: [] })), 400);
    refused(await cloud.post(`${cloud.v2}/jobs/${id}/`, { name: "changed", execute_steps: [] }), 400);
    contains(many(await cloud.get(`${cloud.v2}/jobs/?project_id=${project.id}`)), [
      { id, name: project.job()["name"] },
    ]);
  }),
]);
