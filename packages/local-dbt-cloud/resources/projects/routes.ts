import { parseBody } from "../../http/body";
import { above, among, containing } from "../../http/filters";
import { removeProject } from "../removal";
import { routesOf } from "../resource";
import { projectAnswer } from "./answer";
import { projectBody, projectFields, projectsOf, type Project } from "./projects";

/** Projects: all requests in v3, and reads in v2. */
export const projectRoutes = routesOf<Project>({
  path: "/api/v3/accounts/:account/projects/",
  alsoReadAt: ["/api/v2/accounts/:account/projects/"],
  name: "project",
  collection: projectsOf,
  fields: (body, { before }) => projectFields(parseBody(projectBody, body), before),
  answer: projectAnswer,
  remove: removeProject,
  listing: {
    sortable: ["name"],
    filters: {
      pk: among((row) => row.id),
      pk__in: among((row) => row.id),
      pk__gt: above((row) => row.id),
      name__icontains: containing((row) => row.name),
    },
  },
});
