import { page, single } from "../../http/envelope";
import type { Routes } from "../../world";
import { accountAnswer } from "./answer";

/** The only account. The Terraform provider reads the list first. */
export const accountRoutes: Routes = (app, world) => {
  for (const version of ["v2", "v3"]) {
    app.get(`/api/${version}/accounts/`, () =>
      page([accountAnswer(world)], {
        filters: { limit: 100, offset: 0 },
        order_by: "id",
        pagination: { count: 1, total_count: 1 },
      }),
    );
    app.get(`/api/${version}/accounts/:account/`, () => single(accountAnswer(world)));
  }
};
