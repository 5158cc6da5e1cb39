import { page, single } from "../../http/envelope";
import { idIn } from "../../http/query";
import { notFound } from "../../http/refused";
import { timestamp, type Routes, type World } from "../../world";

/** The one account. The Terraform provider asks for the list before it does anything. */
export const accountRoutes: Routes = (app, world) => {
  for (const version of ["v2", "v3"]) {
    app.get(`/api/${version}/accounts/`, () =>
      page([account(world)], {
        filters: { limit: 100, offset: 0 },
        order_by: "id",
        pagination: { count: 1, total_count: 1 },
      }),
    );
    app.get(`/api/${version}/accounts/:account/`, (request) => {
      const id = idIn(request.params, "account");
      if (id !== world.accountId) throw notFound(`account ${id}`);
      return single(account(world));
    });
  }
};

function account({ accountId, now }: World): object {
  const time = timestamp(now());
  return {
    id: accountId,
    name: "Local dbt Cloud",
    plan: "enterprise",
    state: 1,
    locked: false,
    lock_reason: null,
    unlocked_at: null,
    developer_seats: 1,
    run_slots: 1,
    queue_limit: 50,
    run_duration_limit_seconds: 86400,
    pod_memory_request_mebibytes: 600,
    docs_job_id: null,
    docs_job: null,
    freshness_job_id: null,
    freshness_job: null,
    starter_repo_url: null,
    created_at: time,
    updated_at: time,
  };
}
