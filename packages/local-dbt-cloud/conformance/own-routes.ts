import { buildApp } from "../app";
import { systemClock } from "../clock";
import { Store } from "../store/store";
import { newSignals } from "../world";
import type { KnownRoute } from "./openapi/routes-table";

/** All routes of the local dbt Cloud. */
export async function ownRoutes(): Promise<KnownRoute[]> {
  const store = Store.open(undefined);
  const routes: KnownRoute[] = [];
  const app = buildApp({
    world: { accountId: 1, store, clock: systemClock, signals: newSignals() },
    token: "unused",
    onRoute: ({ method, url }) => {
      for (const each of [method].flat()) routes.push({ method: each, url });
    },
  });
  await app.close();
  store.close();
  return routes;
}
