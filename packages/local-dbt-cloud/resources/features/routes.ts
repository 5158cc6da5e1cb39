import { single } from "../../http/envelope";
import type { Routes } from "../../world";

/** The features of the account. The local dbt Cloud has only advanced CI. */
const FEATURES = {
  "advanced-ci": true,
  "partial-parsing": false,
  "repo-caching": false,
  ai_features: false,
  "catalog-ingestion": false,
  "explorer-account-ui": false,
  "fusion-migration-permissions": false,
};

/** The account's features, in the part of the API that is not public. */
export const featureRoutes: Routes = (app) => {
  app.get("/api/private/accounts/:account/features/", () => single(FEATURES));
};
