import { parseBody } from "../../http/body";
import { among } from "../../http/filters";
import { routesOf } from "../resource";
import { newPublicKey } from "../ssh-key";
import { repositoryAnswer } from "./answer";
import { repositoriesOf, repositoryBody, repositoryChanges, type Repository } from "./repositories";

/** Repositories: below their project, and in v2 listed for the whole account. A project names its repository by `repository_id`. */
export const repositoryRoutes = routesOf<Repository>({
  path: "/api/v3/accounts/:account/projects/:project/repositories/",
  alsoReadAt: ["/api/v2/accounts/:account/repositories/"],
  name: "repository",
  collection: repositoriesOf,
  fields: (body, { before }) => {
    if (before) parseBody(repositoryChanges, body);
    const fields = parseBody(repositoryBody, body);
    const isByKey = fields.git_clone_strategy === "deploy_key";
    return {
      ...fields,
      // dbt Cloud accepts the template only in an update.
      pull_request_url_template: before ? fields.pull_request_url_template : null,
      public_key: isByKey ? (before?.public_key ?? newPublicKey()) : null,
    };
  },
  answer: repositoryAnswer,
  listing: {
    filters: {
      pk: among((row) => row.id),
      project_id: among((row) => row.project_id),
      project_id__in: among((row) => row.project_id),
      remote_url: among((row) => row.remote_url),
    },
  },
});
