import { z } from "zod";
import { parseBody } from "../../http/body";
import { single } from "../../http/envelope";
import type { Row } from "../../store/store";
import type { Routes } from "../../world";

/** The features of the account when nobody changed them. The local dbt Cloud has only advanced CI. */
const FEATURES: Readonly<Record<string, boolean>> = {
  "advanced-ci": true,
  "partial-parsing": false,
  "repo-caching": false,
  ai_features: false,
  "catalog-ingestion": false,
  "explorer-account-ui": false,
  "fusion-migration-permissions": false,
};

interface StoredFeatures extends Row {
  readonly features: Readonly<Record<string, boolean>>;
}

const featureBody = z.object({ feature: z.enum(Object.keys(FEATURES)), value: z.boolean() });

/** The account's features, in the part of the API that is not public. A change is stored, and changes nothing else. */
export const featureRoutes: Routes = (app, world) => {
  const collection = world.store.collection<StoredFeatures>("features");
  const current = (): Readonly<Record<string, boolean>> => ({ ...FEATURES, ...collection.get(1)?.features });

  app.get("/api/private/accounts/:account/features/", () => single(current()));
  app.post("/api/private/accounts/:account/features/", (request) => {
    const { feature, value } = parseBody(featureBody, request.body);
    collection.put({ id: 1, features: { ...current(), [feature]: value } });
    return single(current());
  });
};
