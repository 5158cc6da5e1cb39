import type { World } from "../../world";

/** Nobody creates the account, so its time is fixed. */
const CREATED = "2020-01-01 00:00:00.000000+00:00";

/** The only account, as it is answered. */
export function accountAnswer({ accountId }: World): { readonly id: number } & Readonly<Record<string, unknown>> {
  return {
    id: accountId,
    name: "Local dbt Cloud",
    plan: "enterprise",
    state: 1,
    locked: false,
    lock_reason: null,
    unlocked_at: null,
    lock_cause: null,
    pending_cancel: false,
    developer_seats: 1,
    it_seats: 0,
    analyst_seats: 0,
    explorer_seats: 0,
    read_only_seats: 0,
    run_slots: 1,
    queue_limit: 50,
    run_duration_limit_seconds: 86400,
    pod_memory_request_mebibytes: 600,
    develop_pod_memory_request_mebibytes: 0,
    docs_job_id: null,
    docs_job: null,
    freshness_job_id: null,
    freshness_job: null,
    starter_repo_url: null,
    billing_email_address: null,
    business_critical: false,
    identifier: null,
    enterprise_login_slug: null,
    git_auth_level: null,
    static_subdomain: null,
    vanity_subdomain: null,
    trial_end_date: null,
    run_locked_until: null,
    copilot_locked_until: null,
    agent_credit_locked: false,
    account_migration_events: [],
    groups: [],
    created_at: CREATED,
    updated_at: CREATED,
  };
}
