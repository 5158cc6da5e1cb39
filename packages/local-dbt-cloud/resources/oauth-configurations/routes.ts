import { parseRow } from "../../http/body";
import { among } from "../../http/filters";
import { routesOf } from "../resource";
import { oauthConfigurationBody, oauthConfigurationsOf, type OauthConfiguration } from "./oauth-configurations";

/** OAuth configurations of the account. A connection names one by `oauth_configuration_id`. */
export const oauthConfigurationRoutes = routesOf<OauthConfiguration>({
  path: "/api/v3/accounts/:account/oauth-configurations/",
  name: "oauth_configuration",
  collection: oauthConfigurationsOf,
  fields: (body, { before }) => parseRow(oauthConfigurationBody, body, before),
  // The Terraform provider 1.12.5 parses the answer to a DELETE as JSON.
  removedWith: 200,
  listing: {
    filters: {
      pk: among((row) => row.id),
      type: among((row) => row.type),
      client_id: among((row) => row.client_id),
    },
  },
});
