import type { Cloud } from "../cloud";
import { deleted, ids, must, one, refused } from "../expectations";
import { newConnection, newProject } from "../own-project";
import { group, rule } from "../rule";

/** An object's address, the address of its list, and the body of a create. */
interface Place {
  readonly path: string;
  readonly list: string | undefined;
}

type Maker = (cloud: Cloud) => Promise<Place>;

/** Makes an object in a list of a project, or of the account. */
function inList(listOf: (cloud: Cloud, project: string) => string, body: object, hasList = true): Maker {
  return async (cloud) => {
    const list = listOf(cloud, (await newProject(cloud)).path);
    const { id } = one(await cloud.post(list, body));
    return { path: `${list}${id}/`, list: hasList ? list : undefined };
  };
}

const job: Maker = async (cloud) => {
  const { id } = await (await newProject(cloud)).newJob();
  return { path: `${cloud.v2}/jobs/${id}/`, list: `${cloud.v2}/jobs/` };
};

const project = inList(({ v3 }) => `${v3}/projects/`, { name: "Conformance" });
const notification = inList(({ v2 }) => `${v2}/notifications/`, { user_id: 1, type: 1 });

/** The resources that the Terraform provider deletes with an update to state 2. */
const BY_STATE: Readonly<Record<string, Maker>> = { project, job, notification };

const BY_DELETE: Readonly<Record<string, Maker>> = {
  project,
  job,
  notification,
  environment: inList((_cloud, path) => `${path}/environments/`, { name: "Gone" }),
  credential: inList((_cloud, path) => `${path}/credentials/`, { type: "redshift", threads: 1 }),
  repository: inList((_cloud, path) => `${path}/repositories/`, { remote_url: "git@git.example.com:m/dbt.git" }),
  "extended-attributes": inList((_cloud, path) => `${path}/extended-attributes/`, { extended_attributes: {} }, false),
  connection: async (cloud) => {
    const { id } = await newConnection(cloud);
    return { path: `${cloud.v3}/connections/${id}/`, list: `${cloud.v3}/connections/` };
  },
  encryption: async (cloud) => {
    const { id } = await newConnection(cloud);
    const list = `${cloud.v2}/encryptions/`;
    const tunnel = one(await cloud.post(list, { connection_id: id, username: "u", port: 22, hostname: "h" }));
    return { path: `${list}${tunnel.id}/`, list };
  },
};

async function isGone(cloud: Cloud, { path, list }: Place): Promise<void> {
  refused(await cloud.get(path), 404);
  refused(await cloud.delete(path), 404);
  if (list === undefined) return;
  const listed = ids(await cloud.get(`${list}?order_by=-id`)).map((id) => `${list}${id}/`);
  must(!listed.includes(path), "it is still listed");
}

export const deletions = group("deletions", [
  ...Object.entries(BY_STATE).map(([resource, make]) =>
    rule(
      `state-${resource}`,
      `state 2 in the whole object deletes: ${resource} is then 404, and in no list`,
      async (cloud) => {
        const place = await make(cloud);
        one(await cloud.post(place.path, { ...one(await cloud.get(place.path)), state: 2 }));
        await isGone(cloud, place);
      },
    ),
  ),
  ...Object.entries(BY_DELETE).map(([resource, make]) =>
    rule(resource, `DELETE succeeds: ${resource} is then 404, and in no list`, async (cloud) => {
      const place = await make(cloud);
      deleted(await cloud.delete(place.path));
      await isGone(cloud, place);
    }),
  ),
  rule("ids", "the id of a deleted object is never used again", async (cloud) => {
    const { newJob } = await newProject(cloud);
    const { id } = await newJob();
    await cloud.delete(`${cloud.v2}/jobs/${id}/`);
    must((await newJob()).id > id, "the next id is not larger");
  }),
]);
