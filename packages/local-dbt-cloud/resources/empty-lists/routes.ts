import { listed } from "../../http/filters";
import type { RawQuery } from "../../http/query";
import type { Routes } from "../../world";
import { projectIn } from "../projects/projects";

const OF_ACCOUNT = ["users", "groups", "license-maps", "service-tokens", "webhooks/subscriptions"];
const OF_PROJECT = ["profiles", "semantic-layer-configurations", "semantic-layer-credentials"];

/** Lists of resources that the local dbt Cloud does not have. Clients that read them in advance fail on any other answer. */
export const emptyListRoutes: Routes = (app, world) => {
  for (const list of OF_ACCOUNT) {
    for (const version of ["v2", "v3"]) {
      app.get(`/api/${version}/accounts/:account/${list}/`, (request) => listed([], request.query as RawQuery));
    }
  }
  for (const list of OF_PROJECT) {
    app.get(`/api/v3/accounts/:account/projects/:project/${list}/`, (request) => {
      projectIn(world, request.params);
      return listed([], request.query as RawQuery);
    });
  }
};
