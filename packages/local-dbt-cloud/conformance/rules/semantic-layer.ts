import { absent, contains, equal, ids, must, one, refused } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";

export const semanticLayer = group("semantic-layer", [
  rule("configuration", "a deleted configuration is answered, and its project does not keep its id", async (cloud) => {
    const project = await newProject(cloud);
    const path = `${project.path}/semantic-layer-configurations/`;
    const { id } = one(await cloud.post(path, { environment_id: project.environment.id, state: 1 }));
    one(await cloud.post(`${project.path}/`, { name: "Metrics", semantic_layer_config_id: id }));
    contains(one(await cloud.get(`${path}${id}/`)), { project_id: project.id, environment_id: project.environment.id });
    contains(one(await cloud.delete(`${path}${id}/`)), { id, state: 2 });
    contains(one(await cloud.get(`${project.path}/`)), { semantic_layer_config_id: null });
    refused(await cloud.post(path, { environment_id: 999_999_999 }), 400);
  }),
  rule(
    "credentials",
    "credentials keep their values except secrets, and name the tokens that use them",
    async (cloud) => {
      const project = await newProject(cloud);
      const path = `${cloud.v3}/semantic-layer-credentials/`;
      const values = { username: "u", password: "hush-1" };
      const sent = { name: "sl", project_id: project.id, adapter_version: "redshift_v0" };
      const { id } = one(await cloud.post(path, { ...sent, values }));
      cloud.remember(`${path}${id}/`);
      contains(one(await cloud.get(`${path}${id}/`)), { ...sent, values: { username: "u", password: absent } });
      must(!cloud.answers.some((answer) => answer.text.includes("hush-")), "an answer has the password");
      equal(ids(await cloud.get(`${path}?project_id=${project.id}`)), [id], "by project");
      const token = one(await cloud.post(`${cloud.v3}/service-tokens/`, { name: "sl" }));
      cloud.remember(`${cloud.v3}/service-tokens/${token.id}/`);
      const mapping = { project_id: project.id, semantic_layer_credentials_id: id, service_token_id: token.id };
      const mappings = `${cloud.v3}/semantic-layer-credential-to-service-token-mapping/`;
      const mapped = one(await cloud.post(mappings, mapping));
      contains(one(await cloud.get(`${path}${id}/`)), { service_tokens: [{ id: token.id }] });
      contains(one(await cloud.delete(`${mappings}${mapped.id}/`)), { ...mapping, state: 2 });
      equal(ids(await cloud.get(`${mappings}?project_id=${project.id}`)), [], "the mappings");
    },
  ),
]);
