import type { Answer, Cloud, Data, Method } from "../cloud";
import { absent, contains, equal, ids, many, must, nullOrAbsent, one, refused, text } from "../expectations";
import { newProject, type OwnProject } from "../own-project";
import { group, rule } from "../rule";

/** A client with the rights of a service token. */
interface Limited {
  readonly token: Data;
  readonly send: (method: Method, path: string, body?: unknown) => Promise<Answer>;
}

/** Creates a service token with one permission set, in one project or in all. */
async function limitedTo(cloud: Cloud, permission_set: string, project?: OwnProject): Promise<Limited> {
  const tokens = `${cloud.v3}/service-tokens/`;
  const sent = { id: null, account_id: cloud.accountId, uid: "", name: "Conformance", state: 1 };
  const token = one(await cloud.post(tokens, sent));
  cloud.remember(`${tokens}${token.id}/`);
  const scope = project ? { all_projects: false, project_id: project.id } : { all_projects: true };
  const grant = { account_id: cloud.accountId, service_token_id: token.id, permission_set, ...scope };
  const permissions = await cloud.post(`${tokens}${token.id}/permissions/`, [grant]);
  must(permissions.status === 200 || permissions.status === 201, `the permissions were answered ${permissions.status}`);
  const headers = { authorization: `Token ${String(token["token_string"])}`, "content-type": "application/json" };
  return { token, send: (method, path, body) => cloud.send(method, path, { body, headers }) };
}

export const serviceTokens = group("service-tokens", [
  rule("create", "only the answer to its creation has the token", async (cloud) => {
    const { token } = await limitedTo(cloud, "readonly");
    contains(token, { uid: text, name: "Conformance", state: 1, token_string: text });
    const path = `${cloud.v3}/service-tokens/`;
    contains(one(await cloud.get(`${path}${token.id}/`)), { name: "Conformance", token_string: nullOrAbsent });
    const answer = await cloud.get(path);
    must(ids(answer).includes(token.id), "the list lacks the token");
    must(!answer.text.includes(String(token["token_string"])), "the list has the token itself");
  }),
  rule("permissions", "a token has the permissions that it was given", async (cloud) => {
    const project = await newProject(cloud);
    const { token } = await limitedTo(cloud, "job_admin", project);
    const permissions = many(await cloud.get(`${cloud.v3}/service-tokens/${token.id}/permissions/`));
    contains(permissions, [{ permission_set: "job_admin", all_projects: false, project_id: project.id, state: 1 }]);
  }),
  rule("refused", "an unknown permission set, or one without a project, is refused with 400", async (cloud) => {
    const { token } = await limitedTo(cloud, "readonly");
    const path = `${cloud.v3}/service-tokens/${token.id}/permissions/`;
    refused(await cloud.post(path, [{ permission_set: "zzz", all_projects: true }]), 400);
    refused(await cloud.post(path, [{ permission_set: "readonly", all_projects: false }]), 400);
    refused(await cloud.post(path, { permission_set: "readonly", all_projects: true }), 400);
  }),
  rule("read-only", "a read-only token reads, and gets 403 for every write", async (cloud) => {
    const project = await newProject(cloud);
    const job = await project.newJob();
    const { send } = await limitedTo(cloud, "readonly");
    contains(one(await send("GET", `${cloud.v2}/jobs/${job.id}/`)), { id: job.id });
    contains(one(await send("GET", `${project.path}/`)), { id: project.id });
    const writes = [
      ["POST", `${cloud.v2}/jobs/`, project.job()],
      ["POST", `${cloud.v2}/jobs/${job.id}/`, { name: "changed" }],
      ["POST", `${cloud.v2}/jobs/${job.id}/run/`, { cause: "c" }],
      ["DELETE", `${cloud.v2}/jobs/${job.id}/`, undefined],
      ["POST", `${cloud.v3}/projects/`, { name: "n" }],
      ["DELETE", `${project.path}/`, undefined],
      ["POST", `${cloud.v3}/service-tokens/`, { name: "more" }],
      ["PATCH", `${cloud.v3}/connections/1/`, { name: "n" }],
    ] as const;
    for (const [method, path, body] of writes) refused(await send(method, path, body), 403);
    contains(one(await cloud.get(`${cloud.v2}/jobs/${job.id}/`)), { name: job["name"] });
  }),
  rule("project", "a token for one project sees nothing of another project", async (cloud) => {
    const [own, other] = [await newProject(cloud), await newProject(cloud)];
    const [job, hidden] = [await own.newJob(), await other.newJob()];
    const { send } = await limitedTo(cloud, "job_admin", own);
    contains(one(await send("POST", `${cloud.v2}/jobs/${job.id}/`, { name: "changed" })), { name: "changed" });
    contains(one(await send("POST", `${cloud.v2}/jobs/`, own.job())), { project_id: own.id });
    equal(ids(await send("GET", `${cloud.v3}/projects/`)), [own.id], "the projects");
    const jobs = many(await send("GET", `${cloud.v2}/jobs/`));
    must(
      jobs.length === 2 && jobs.every((row) => row["project_id"] === own.id),
      "the jobs are not those of the project",
    );
    equal(ids(await send("GET", `${cloud.v2}/jobs/?project_id=${other.id}`)), [], "the other project's jobs");
    equal(ids(await send("GET", `${cloud.v3}/environments/`)), [own.environment.id], "the environments");
    for (const path of [
      `${cloud.v2}/jobs/${hidden.id}/`,
      `${other.path}/`,
      `${other.path}/environments/`,
      `${cloud.v3}/environments/${other.environment.id}/`,
    ]) {
      refused(await send("GET", path), 404);
    }
    refused(await send("POST", `${cloud.v2}/jobs/${hidden.id}/run/`, { cause: "c" }), 404);
    refused(await send("POST", `${cloud.v2}/jobs/`, other.job()), 404);
    refused(await send("POST", `${cloud.v2}/jobs/${job.id}/`, { project_id: other.id }), 404);
  }),
  rule("runner", "a job runner starts jobs and cannot change them", async (cloud) => {
    const project = await newProject(cloud);
    const job = await project.newJob();
    const { send } = await limitedTo(cloud, "job_runner", project);
    const run = one(await send("POST", `${cloud.v2}/jobs/${job.id}/run/`, { cause: "c" }));
    one(await send("POST", `${cloud.v2}/runs/${run.id}/cancel/`));
    refused(await send("POST", `${cloud.v2}/jobs/${job.id}/`, { name: "changed" }), 403);
    refused(await send("GET", `${cloud.v3}/connections/`), 403);
  }),
  rule("deleted", "a deleted token gets 401, and is answered with the state 2", async (cloud) => {
    const { token, send } = await limitedTo(cloud, "readonly");
    one(await send("GET", `${cloud.v3}/`.replace("/v3/", "/v2/")));
    const path = `${cloud.v3}/service-tokens/${token.id}/`;
    equal((await cloud.delete(path)).status, 204, "the status of the deletion");
    refused(await send("GET", `${cloud.v2}/jobs/`), 401);
    contains(one(await cloud.get(path)), { state: 2, hash: absent });
  }),
]);
