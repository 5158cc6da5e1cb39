import { parseBody } from "../../http/body";
import { above, among, containing } from "../../http/filters";
import { removeEnvironment } from "../removal";
import { routesOf } from "../resource";
import { environmentAnswer } from "./answer";
import {
  environmentBody,
  environmentsOf,
  refuseSecondDevelopment,
  requireCustomBranch,
  type Environment,
} from "./environments";

/** Environments: below their project, and read for the whole account in v2 and v3. */
export const environmentRoutes = routesOf<Environment>({
  path: "/api/v3/accounts/:account/projects/:project/environments/",
  alsoReadAt: ["/api/v3/accounts/:account/environments/", "/api/v2/accounts/:account/environments/"],
  name: "environment",
  collection: environmentsOf,
  fields: (body, { world, before, projectId }) => {
    const fields = parseBody(environmentBody, body);
    requireCustomBranch(fields);
    if (before) return { ...fields, type: before.type };
    refuseSecondDevelopment(world, projectId, fields.type);
    return fields;
  },
  answer: environmentAnswer,
  remove: removeEnvironment,
  listing: {
    sortable: ["name"],
    filters: {
      pk: among((row) => row.id),
      pk__in: among((row) => row.id),
      id__gt: above((row) => row.id),
      project_id: among((row) => row.project_id),
      project_id__in: among((row) => row.project_id),
      name: among((row) => row.name),
      name__icontains: containing((row) => row.name),
      type: among((row) => row.type),
      deployment_type: among((row) => row.deployment_type),
      deployment_type__in: among((row) => row.deployment_type),
      dbt_version: among((row) => row.dbt_version),
      dbt_version__in: among((row) => row.dbt_version),
      credentials_id: among((row) => row.credentials_id),
    },
  },
});
