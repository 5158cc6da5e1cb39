import { routesOf } from "../resource";
import { credentialAnswer } from "./answer";
import { credentialFields, credentialsOf, type Credential } from "./credentials";

/** Credentials of a project's environments. */
export const credentialRoutes = routesOf<Credential>({
  path: "/api/v3/accounts/:account/projects/:project/credentials/",
  name: "credential",
  collection: credentialsOf,
  fields: (body, { before }) => credentialFields(body, before),
  answer: credentialAnswer,
  changedWith: ["POST", "PATCH"],
});
