import { contains, flag, many, one, refused } from "../expectations";
import { newProject } from "../own-project";
import { group, rule } from "../rule";
import { lists } from "./addresses";

const FEATURES = [
  "advanced-ci",
  "partial-parsing",
  "repo-caching",
  "ai_features",
  "catalog-ingestion",
  "explorer-account-ui",
  "fusion-migration-permissions",
];

export const otherLists = group("lists", [
  rule("all", "every list that clients read in advance is a page, even an empty one", async (cloud) => {
    const project = await newProject(cloud);
    for (const path of Object.values(lists(cloud, project))) many(await cloud.get(path));
  }),
  rule("features", "the account's features are flags", async (cloud) => {
    const path = `/api/private/accounts/${cloud.accountId}/features/`;
    const features = one(await cloud.get(path));
    contains(features, Object.fromEntries(FEATURES.map((name) => [name, flag])));
    const value = features["repo-caching"] !== true;
    await cloud.post(path, { feature: "repo-caching", value });
    contains(one(await cloud.get(path)), { "repo-caching": value });
    await cloud.post(path, { feature: "repo-caching", value: !value });
    refused(await cloud.post(path, { feature: "flying", value }), 400);
  }),
]);
