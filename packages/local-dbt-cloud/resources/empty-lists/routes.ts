import { listed } from "../../http/filters";
import type { RawQuery } from "../../http/query";
import type { Routes } from "../../world";

const OF_ACCOUNT = ["license-maps"];

/** Lists of resources that the local dbt Cloud does not have. Clients that read them in advance fail on any other answer. */
export const emptyListRoutes: Routes = (app) => {
  for (const list of OF_ACCOUNT) {
    for (const version of ["v2", "v3"]) {
      app.get(`/api/${version}/accounts/:account/${list}/`, (request) => listed([], request.query as RawQuery));
    }
  }
};
