import type { Cloud, Data } from "../cloud";
import { contains, equal, ids, one, refused } from "../expectations";
import { newConnection, newProject, type OwnProject } from "../own-project";
import { group, rule } from "../rule";

async function parts(cloud: Cloud): Promise<{ project: OwnProject; sent: Readonly<Record<string, unknown>> }> {
  const [project, connection] = [await newProject(cloud), await newConnection(cloud)];
  const credential: Data = one(await cloud.post(`${project.path}/credentials/`, { type: "redshift", threads: 4 }));
  const links = { connection_id: connection.id, credentials_id: credential.id, extended_attributes_id: null };
  return { project, sent: { account_id: cloud.accountId, project_id: project.id, key: "prod-1", ...links } };
}

export const profiles = group("profiles", [
  rule(
    "keys",
    "a profile names a connection and credentials, and lists the environments that use it",
    async (cloud) => {
      const { project, sent } = await parts(cloud);
      const { id } = one(await cloud.post(`${project.path}/profiles/`, sent));
      await project.newEnvironment({ name: "Bound", primary_profile_id: id });
      const bindings = { primary_bindings: [{ name: "Bound", type: "deployment" }], catalog_bindings: [] };
      contains(one(await cloud.get(`${project.path}/profiles/${id}/`)), { id, ...sent, ...bindings });
      equal(ids(await cloud.get(`${project.path}/profiles/?key=prod-1`)), [id], "by key");
      equal(ids(await cloud.get(`${project.path}/profiles/?key=dev`)), [], "by another key");
    },
  ),
  rule("mirror", "an environment with a profile has the profile's connection and credentials", async (cloud) => {
    const { project, sent } = await parts(cloud);
    const { id } = one(await cloud.post(`${project.path}/profiles/`, sent));
    const environment = await project.newEnvironment({ primary_profile_id: id });
    const { connection_id, credentials_id } = sent;
    contains(environment, { primary_profile_id: id, connection_id, credentials_id, extended_attributes_id: null });
    const other = await newConnection(cloud);
    await cloud.send("PATCH", `${project.path}/profiles/${id}/`, { body: { connection_id: other.id } });
    const path = `${project.path}/environments/${environment.id}/`;
    contains(one(await cloud.get(path)), { connection_id: other.id, credentials_id });
  }),
  rule("change", "PATCH changes what it names, and a deleted profile is 404", async (cloud) => {
    const { project, sent } = await parts(cloud);
    const { id } = one(await cloud.post(`${project.path}/profiles/`, sent));
    const path = `${project.path}/profiles/${id}/`;
    contains(one(await cloud.send("PATCH", path, { body: { key: "dev" } })), { ...sent, key: "dev" });
    await cloud.delete(path);
    refused(await cloud.get(path), 404);
  }),
  rule("refused", "a second profile with a key, a bad key or unknown parts are refused with 400", async (cloud) => {
    const { project, sent } = await parts(cloud);
    one(await cloud.post(`${project.path}/profiles/`, sent));
    const changes = [{}, { key: "1a" }, { key: "a--b" }, { key: "b", connection_id: 999_999_999 }];
    for (const change of [...changes, { key: "b", credentials_id: 999_999_999 }]) {
      refused(await cloud.post(`${project.path}/profiles/`, { ...sent, ...change }), 400);
    }
  }),
]);
