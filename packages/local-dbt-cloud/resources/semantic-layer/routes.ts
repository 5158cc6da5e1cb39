import { parseRow } from "../../http/body";
import { among } from "../../http/filters";
import { invalid } from "../../http/refused";
import { active, removeRow, type Routes, type World } from "../../world";
import { environmentsOf } from "../environments/environments";
import { projectsOf } from "../projects/projects";
import { routesOf } from "../resource";
import {
  configurationBody,
  configurationsOf,
  mappingBody,
  mappingsOf,
  semanticLayerCredentialBody,
  semanticLayerCredentialsOf,
  type SemanticLayerConfiguration,
  type SemanticLayerCredential,
  type SemanticLayerMapping,
} from "./semantic-layer";

const configurationRoutes = routesOf<SemanticLayerConfiguration>({
  path: "/api/v3/accounts/:account/projects/:project/semantic-layer-configurations/",
  name: "semantic_layer_configuration",
  collection: configurationsOf,
  fields: (body, { world, before, projectId }) => {
    const fields = parseRow(configurationBody, body, before);
    if (active(environmentsOf(world), fields.environment_id)?.project_id !== projectId) {
      throw invalid("environment_id", `environment ${fields.environment_id} does not exist in the project`);
    }
    return fields;
  },
  remove: removeConfiguration,
  // The Terraform provider 1.12.5 parses the answer to a DELETE as JSON.
  removedWith: 200,
});

const credentialRoutes = routesOf<SemanticLayerCredential>({
  path: "/api/v3/accounts/:account/semantic-layer-credentials/",
  name: "semantic_layer_credential",
  collection: semanticLayerCredentialsOf,
  fields: (body, { world, before }) => inProject(world, parseRow(semanticLayerCredentialBody, body, before)),
  answer: (row, world) => ({
    ...row,
    service_tokens: mappingsOf(world)
      .all()
      .filter((mapping) => mapping.state === 1 && mapping.semantic_layer_credentials_id === row.id)
      .map(({ service_token_id }) => ({ id: service_token_id, account_id: row.account_id, uid: "", name: "" })),
  }),
  listing: { filters: { pk: among((row) => row.id), project_id: among((row) => row.project_id) } },
  removedWith: 200,
});

const mappingRoutes = routesOf<SemanticLayerMapping>({
  path: "/api/v3/accounts/:account/semantic-layer-credential-to-service-token-mapping/",
  name: "semantic_layer_mapping",
  collection: mappingsOf,
  fields: (body, { world, before }) => inProject(world, parseRow(mappingBody, body, before)),
  listing: {
    filters: {
      project_id: among((row) => row.project_id),
      service_token_id: among((row) => row.service_token_id),
      semantic_layer_credentials_id: among((row) => row.semantic_layer_credentials_id),
    },
  },
  removedWith: 200,
});

/** The settings of the semantic layer. They are stored, and no queries are answered. */
export const semanticLayerRoutes: Routes = (app, world) => {
  for (const routes of [configurationRoutes, credentialRoutes, mappingRoutes]) routes(app, world);
};

/** A project does not keep the id of a deleted configuration. */
function removeConfiguration(world: World, row: SemanticLayerConfiguration): void {
  const projects = projectsOf(world);
  const project = projects.find((candidate) => candidate.semantic_layer_config_id === row.id);
  if (project) projects.put({ ...project, semantic_layer_config_id: null });
  removeRow(world, configurationsOf(world), row);
}

function inProject<T extends { readonly project_id: number }>(world: World, fields: T): T {
  const { project_id: id } = fields;
  if (!active(projectsOf(world), id)) throw invalid("project_id", `project ${id} does not exist`);
  return fields;
}
