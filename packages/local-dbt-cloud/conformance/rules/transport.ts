import type { Answer, Cloud } from "../cloud";
import { contains, deleted, equal, many, must, one, refused } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";
import { lists, singles } from "./addresses";

async function withAuthorization(
  cloud: Cloud,
  authorization: string | undefined,
  path = `${cloud.v2}/jobs/`,
): Promise<Answer> {
  return cloud.send("GET", path, { headers: authorization === undefined ? {} : { authorization } });
}

/** The same address with the other ending. */
function otherEnding(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
}

/** Spellings of an address that servers may treat as the same: escapes, case, dots, slashes, parameters, a host. */
function spellings(path: string): readonly string[] {
  return [
    path.replace("/a", "/%61"),
    path.replace("accounts", "%61%63counts"),
    path.replace("accounts", "ACCOUNTS"),
    path.replace("/api/", "/API/"),
    path.replace("/api/", "/x/../api/"),
    path.replace("/api/", "/./api/"),
    path.replace("/api/", "/%2e/api/"),
    path.replace("/api/", "/api%2F"),
    path.replace("/api/", "//api//"),
    path.replace("/api/", "/api;x=1/"),
    `${path.slice(0, -1)};x=1`,
    `${path}%00`,
    `http://localhost${path}`,
    `//localhost${path}`,
  ];
}

const SPELLINGS = {
  bare: "environment,most_recent_run",
  bracketed: "[environment,most_recent_run]",
  json: '["environment","most_recent_run"]',
  encoded: "%5Benvironment%5D",
} as const;

export const transport = group("transport", [
  rule("token", "`Authorization: Token …` is accepted", async (cloud) => {
    many(await withAuthorization(cloud, `Token ${cloud.token}`));
  }),
  rule("bearer", "`Authorization: Bearer …` means the same as `Token`", async (cloud) => {
    const [bearer, token] = [
      await withAuthorization(cloud, `Bearer ${cloud.token}`),
      await withAuthorization(cloud, `Token ${cloud.token}`),
    ];
    equal(many(bearer), many(token), "the answer to Bearer");
  }),
  rule("no-token", "a request without a token is refused with 401", async (cloud) => {
    refused(await withAuthorization(cloud, undefined), 401);
  }),
  rule("other-scheme", "a token in another scheme is refused with 401", async (cloud) => {
    refused(await withAuthorization(cloud, `Basic ${cloud.token}`), 401);
  }),
  rule("wrong-token", "a wrong token, and the beginning of the right one, are refused with 401", async (cloud) => {
    refused(await withAuthorization(cloud, "Token x"), 401);
    refused(await withAuthorization(cloud, `Token ${cloud.token.slice(0, -1)}`), 401);
  }),
  rule("spelling", "no other spelling of an address is accepted without a token", async (cloud) => {
    for (const path of spellings(`${cloud.v2}/jobs/`)) {
      const { status } = await withAuthorization(cloud, undefined, path);
      must(status < 200 || status > 299, `GET ${path} was answered with ${status}`);
    }
  }),
  rule("spelling-writes", "no other spelling of an address creates a job without a token", async (cloud) => {
    const project = await newProject(cloud);
    for (const path of spellings(`${cloud.v2}/jobs/`)) {
      const headers = { "content-type": "application/json" };
      const { status } = await cloud.send("POST", path, { headers, body: project.job() });
      must(status < 200 || status > 299, `POST ${path} was answered with ${status}`);
    }
    equal(many(await cloud.get(`${cloud.v2}/jobs/?project_id=${project.id}`)), [], "the jobs");
  }),
  rule("other-site", "a page of another site creates nothing without a token", async (cloud) => {
    const project = await newProject(cloud);
    const headers = { "content-type": "text/plain", origin: "https://example.com", "sec-fetch-site": "cross-site" };
    const { status } = await cloud.send("POST", `${cloud.v2}/jobs/`, { headers, body: project.job() });
    must([401, 403].includes(status), `it was answered with ${status}`);
  }),
  rule(
    "other-account",
    "another account's objects are refused with 403, in every version of the API",
    async (cloud) => {
      for (const version of ["v2", "v3", "private"]) {
        const path = `/api/${version}/accounts/${cloud.accountId + 1}/projects/`;
        refused(await withAuthorization(cloud, `Token ${cloud.token}`, path), 403);
      }
    },
  ),
  rule("slash", "every list and every object is found with and without a slash at the end", async (cloud) => {
    const project = await newProject(cloud);
    for (const [name, path] of Object.entries({ ...lists(cloud, project), ...singles(cloud, project) })) {
      const [answer, other] = [await cloud.get(path), await cloud.get(otherEnding(path))];
      equal([answer.status, other.status], [200, 200], `the status of ${name}`);
      equal(other.json, answer.json, name);
    }
  }),
  rule(
    "jobs-without-slash",
    "`/jobs?…` is found without a slash before the query, with brackets as they are",
    async (cloud) => {
      const project = await newProject(cloud);
      const job = await project.newJob();
      const answer = await cloud.get(`${cloud.v2}/jobs?project_id=${project.id}&include_related=[environment]`);
      contains(many(answer), [{ id: job.id, environment: { id: project.environment.id } }]);
    },
  ),
  ...Object.entries(SPELLINGS).map(([name, spelling]) =>
    rule(`related-${name}`, `\`include_related=${spelling}\` asks for what it names`, async (cloud) => {
      const project = await newProject(cloud);
      const { id } = await project.newJob();
      const job = one(await cloud.get(`${cloud.v2}/jobs/${id}/?include_related=${spelling}`));
      contains(job, { environment: { id: project.environment.id }, project: null });
    }),
  ),
  rule("no-body", "a request may name JSON as its type and have no body", async (cloud) => {
    const project = await newProject(cloud);
    const { id } = await project.newEnvironment();
    deleted(await cloud.delete(`${project.path}/environments/${id}/`));
  }),
  rule("versions", "v2 and v3 know the same projects", async (cloud) => {
    const { id, path } = await newProject(cloud);
    const [v2, v3] = [
      await cloud.get(`${cloud.v2}/projects/?pk=${id}`),
      await cloud.get(`${cloud.v3}/projects/?pk=${id}`),
    ];
    equal(many(v2), many(v3), "projects in v2");
    equal(one(await cloud.get(`${cloud.v2}/projects/${id}/`)), one(await cloud.get(`${path}/`)), "the project in v2");
  }),
]);
