import { changesIn } from "../../../../src/job-manager/terraform-plan/changes";
import {
  allowedIn,
  refusalsOf,
  type GuardRequest,
  type Refusal,
} from "../../../../src/job-manager/terraform-plan/guard";
import { readPlan } from "../../../../src/job-manager/terraform-plan/plan-file";
import { environmentDefinition } from "../../../support/definitions";
import { jobRow, planText, resourceChange } from "../../../support/terraform-plans";

const DAILY = resourceChange(["no-op"], jobRow(), jobRow());
const OLD = resourceChange(["delete"], jobRow({ id: 8 }), null, { name: "old" });

function refusals(changes: Parameters<typeof planText>[0], rest: Partial<GuardRequest> = {}): readonly Refusal[] {
  const plan = readPlan(planText(changes), "plan.json");
  return refusalsOf({
    plan,
    changes: changesIn(plan),
    definition: environmentDefinition(),
    settings: { accountId: 5, host: "https://cloud.getdbt.com", hostIsDefault: true },
    allowed: [],
    ...rest,
  });
}

function messages(...args: Parameters<typeof refusals>): string[] {
  return refusals(...args).map(({ message }) => message);
}

describe("the guard", () => {
  it("lets a plan pass that deletes nothing", () => {
    expect(refusals([DAILY])).toEqual([]);
    expect(refusals([resourceChange(["update"], jobRow(), jobRow({ num_threads: 8 }))])).toEqual([]);
  });

  it("names each job that the plan deletes or replaces, and how to allow it", () => {
    const replaced = resourceChange(["delete", "create"], jobRow(), jobRow({ id: undefined }));
    const found = refusals([replaced, OLD]);
    expect(found.map(({ message }) => message)).toEqual([
      "the plan replaces the job daily (job 7): its id and its run history are lost",
      "the plan deletes the job old (job 8): its id and its run history are lost",
    ]);
    for (const { fix } of found) expect(fix).toMatch(/run the pipeline with ALLOW_DESTROY=daily,old$/);
  });

  it("lets the deletions pass that are allowed, and only those", () => {
    const older = resourceChange(["delete"], jobRow({ id: 9 }), null, { name: "older" });
    expect(refusals([DAILY, OLD], { allowed: allowedIn(" old , ") })).toEqual([]);
    expect(messages([DAILY, OLD, older], { allowed: allowedIn("old") })).toEqual([
      "the plan deletes the job older (job 9): its id and its run history are lost",
    ]);
  });

  it("counts the environment of the jobs as one of them, but not a credential", () => {
    const environment = resourceChange(["delete"], { id: 2 }, null, {
      type: "dbtcloud_environment",
      name: "environment",
    });
    const credential = resourceChange(["delete"], { id: 2 }, null, {
      type: "dbtcloud_redshift_credential",
      name: "it",
    });
    expect(messages([DAILY, environment, credential])).toEqual([
      "the plan deletes dbtcloud_environment.environment with all jobs in it",
    ]);
    expect(refusals([DAILY, environment], { allowed: ["dbtcloud_environment.environment"] })).toEqual([]);
  });

  it("refuses another branch, in a pipeline", () => {
    expect(messages([DAILY], { branch: "feature" })).toEqual([
      "this pipeline deploys the branch feature, and test is deployed from main",
    ]);
    expect(refusals([DAILY], { branch: "main" })).toEqual([]);
  });

  it("refuses another account or another dbt Cloud", () => {
    expect(messages([DAILY], { settings: { accountId: 6, host: "", hostIsDefault: true } })).toEqual([
      "the plan is for the account 5, and DBTCLOUD_ACCOUNT_ID is 6",
    ]);
    const plan = readPlan(planText([DAILY]), "plan.json");
    plan.configuration.provider_config["dbtcloud"] = { expressions: { host_url: { constant_value: "https://a/api" } } };
    expect(messages([DAILY], { plan, settings: { host: "https://b", hostIsDefault: false } })).toEqual([
      'the plan is for "https://a/api", and DBTCLOUD_HOST_URL is https://b',
    ]);
  });

  it("refuses a plan of another version of the env file", () => {
    expect(messages([])).toEqual(["the plan is of another version of the env file of test; it differs in daily"]);
    const other = resourceChange(["create"], null, jobRow(), { name: "other" });
    expect(messages([DAILY, other])).toEqual([
      "the plan is of another version of the env file of test; it differs in other",
    ]);
  });

  it("refuses to move a job to another environment", () => {
    const moved = resourceChange(["update"], jobRow({ environment_id: 3 }), jobRow());
    expect(messages([moved])).toEqual(["the plan moves the job daily from the environment 3 to 2"]);
  });
});
