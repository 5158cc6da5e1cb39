import { single } from "../../http/envelope";
import { listed } from "../../http/filters";
import type { RawQuery } from "../../http/query";
import type { Routes } from "../../world";
import { accountAnswer } from "./answer";

/** The only account. The Terraform provider reads the list first. */
export const accountRoutes: Routes = (app, world) => {
  for (const version of ["v2", "v3"]) {
    app.get(`/api/${version}/accounts/`, (request) => listed([accountAnswer(world)], request.query as RawQuery));
    app.get(`/api/${version}/accounts/:account/`, () => single(accountAnswer(world)));
  }
};
