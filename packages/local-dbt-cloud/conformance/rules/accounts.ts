import { contains, flag, integer, integerOrNull, many, nullOrAbsent, one, text, textOrNull } from "../expectations";
import { group, rule } from "../rule";

/** The fields that the Terraform provider reads strictly by type. */
const ACCOUNT = {
  name: text,
  plan: text,
  state: integer,
  locked: flag,
  developer_seats: integer,
  run_slots: integer,
  queue_limit: integer,
  run_duration_limit_seconds: integer,
  pod_memory_request_mebibytes: integer,
  docs_job_id: integerOrNull,
  freshness_job_id: integerOrNull,
  docs_job: nullOrAbsent,
  freshness_job: nullOrAbsent,
  lock_reason: textOrNull,
  unlocked_at: textOrNull,
  starter_repo_url: textOrNull,
  created_at: textOrNull,
  updated_at: textOrNull,
};

export const accounts = group("accounts", [
  ...["v2", "v3"].map((version) =>
    rule(
      `listed-${version}`,
      `the list in ${version} has the account, without which the provider does not start`,
      async (cloud) => {
        const found = many(await cloud.get(`/api/${version}/accounts/`)).find(({ id }) => id === cloud.accountId);
        contains(found, { id: cloud.accountId }, "the account");
      },
    ),
  ),
  rule("keys", "an account's values have the types that the provider decodes", async (cloud) => {
    contains(one(await cloud.get(`${cloud.v2}/`)), { id: cloud.accountId, ...ACCOUNT });
  }),
]);
