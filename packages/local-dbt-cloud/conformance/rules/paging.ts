import type { Cloud, Data } from "../cloud";
import { contains, equal, ids, many } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";

const JOBS = 103;

/** The address of a list with more jobs than a page has. */
async function manyJobs(cloud: Cloud): Promise<{ path: string; all: readonly number[] }> {
  const project = await newProject(cloud);
  const all: number[] = [];
  for (let i = 0; i < JOBS; i++) all.push((await project.newJob({ name: `job ${i}` })).id);
  return { path: `${cloud.v2}/jobs?project_id=${project.id}`, all };
}

async function extraOf(cloud: Cloud, path: string): Promise<unknown> {
  const answer = await cloud.get(path);
  many(answer);
  return (answer.json as { extra: unknown }).extra;
}

export const paging = group("paging", [
  rule("page", "a page has 100 objects by ascending id, and has the total number", async (cloud) => {
    const { path, all } = await manyJobs(cloud);
    equal(ids(await cloud.get(path)), all.slice(0, 100), "the ids");
    const extra = { filters: { limit: 100, offset: 0 }, order_by: "id", pagination: { count: 100, total_count: JOBS } };
    contains(await extraOf(cloud, path), extra, "extra");
  }),
  rule("offset", "`offset` skips objects, and `count` is the number on the page", async (cloud) => {
    const { path, all } = await manyJobs(cloud);
    equal(ids(await cloud.get(`${path}&offset=100`)), all.slice(100), "the ids");
    const pagination = { count: JOBS - 100, total_count: JOBS };
    contains(await extraOf(cloud, `${path}&offset=100`), { filters: { offset: 100 }, pagination }, "extra");
  }),
  rule("past-the-end", "a page past the end is empty and still has the total number", async (cloud) => {
    const { path } = await manyJobs(cloud);
    equal(ids(await cloud.get(`${path}&offset=${JOBS}`)), [], "the ids");
    contains(await extraOf(cloud, `${path}&offset=${JOBS}`), { pagination: { count: 0, total_count: JOBS } }, "extra");
  }),
  rule("limit", "`limit` makes pages smaller, and none has more than 100", async (cloud) => {
    const { path, all } = await manyJobs(cloud);
    equal(ids(await cloud.get(`${path}&limit=10`)), all.slice(0, 10), "the ids of limit=10");
    contains(await extraOf(cloud, `${path}&limit=10`), { filters: { limit: 10 }, pagination: { count: 10 } }, "extra");
    equal(ids(await cloud.get(`${path}&limit=500`)).length, 100, "the length with limit=500");
  }),
  rule(
    "by-count",
    "reading on from the count so far finds every object once, as the Terraform provider does",
    async (cloud) => {
      const { path, all } = await manyJobs(cloud);
      const seen: number[] = [];
      for (let total = Infinity; seen.length < total;) {
        const answer = await cloud.get(seen.length === 0 ? path : `${path}&offset=${seen.length}`);
        seen.push(...ids(answer));
        total = (answer.json as { extra: { pagination: { total_count: number } } }).extra.pagination.total_count;
      }
      equal(seen, all, "the ids of all pages");
    },
  ),
  rule(
    "by-limit",
    "reading on by the answered limit finds every object once, as dbt-jobs-as-code does",
    async (cloud) => {
      const { path, all } = await manyJobs(cloud);
      const seen: number[] = [];
      for (let offset = 0, total = Infinity; offset < total;) {
        const answer = await cloud.get(`${path}&limit=40&offset=${offset}`);
        seen.push(...ids(answer));
        const { extra } = answer.json as { extra: { filters: { limit: number }; pagination: { total_count: number } } };
        offset += extra.filters.limit;
        total = extra.pagination.total_count;
      }
      equal(seen, all, "the ids of all pages");
    },
  ),
  rule("order", "`order_by=-id` reverses the order, and the answer repeats it", async (cloud) => {
    const project = await newProject(cloud);
    const all = [await project.newJob(), await project.newJob(), await project.newJob()].map(({ id }) => id);
    const path = `${cloud.v2}/jobs/?project_id=${project.id}&order_by=-id`;
    equal(ids(await cloud.get(path)), [...all].reverse(), "the ids");
    contains(await extraOf(cloud, path), { order_by: "-id" }, "extra");
    equal(ids(await cloud.get(`${path}&limit=1`)), [all[2]], "the newest");
  }),
  rule("order-name", "`order_by=name` sorts projects by name", async (cloud) => {
    await newProject(cloud);
    const names = many(await cloud.get(`${cloud.v3}/projects/?order_by=name`)).map(nameOf);
    equal(
      names,
      [...names].sort((a, b) => a.localeCompare(b)),
      "the names",
    );
  }),
  rule("state", "deleted objects are listed with `state=deleted`, `2` or `all` only", async (cloud) => {
    const project = await newProject(cloud);
    const [kept, gone] = [await project.newJob(), await project.newJob()];
    await cloud.delete(`${cloud.v2}/jobs/${gone.id}/`);
    const expected = {
      "": [kept.id],
      "&state=active": [kept.id],
      "&state=1": [kept.id],
      "&state=deleted": [gone.id],
      "&state=2": [gone.id],
      "&state=all": [kept.id, gone.id],
    };
    for (const [query, found] of Object.entries(expected)) {
      equal(ids(await cloud.get(`${cloud.v2}/jobs/?project_id=${project.id}${query}`)), found, `the ids with ${query}`);
    }
  }),
  rule("filters", "the answer repeats the filters that it was asked for", async (cloud) => {
    const { id } = await newProject(cloud);
    contains(
      await extraOf(cloud, `${cloud.v2}/jobs/?project_id=${id}`),
      { filters: { project_id: String(id) } },
      "extra",
    );
  }),
]);

function nameOf(data: Data): string {
  return String(data["name"]);
}
