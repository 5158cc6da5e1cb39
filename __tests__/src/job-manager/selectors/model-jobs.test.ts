import type { DbtNode } from "../../../../src/job-manager/selectors/dbt-project";
import { jobsOfModels } from "../../../../src/job-manager/selectors/model-jobs";
import type { ResolvedEnvironment, ResolvedJob } from "../../../../src/job-manager/selectors/resolved-jobs";
import { environmentDefinition, jobDefinition } from "../../../support/definitions";

const node = (unique_id: string): readonly [string, DbtNode] => {
  const [resource_type, , name] = unique_id.split(".") as [string, string, string];
  return [unique_id, { unique_id, name, resource_type, tags: [], config: {}, depends_on: { nodes: [] } }];
};
const job = (key: string, builds: readonly string[], reads: readonly string[]): ResolvedJob => ({
  key,
  job: jobDefinition(),
  steps: [],
  builds: new Map(builds.map(node)),
  reads: new Map(reads.map(node)),
});

describe("the jobs of a model", () => {
  it("are those of every environment that build or read it; a seed of the same name is another object", () => {
    const environments: ResolvedEnvironment[] = [
      {
        environment: environmentDefinition({ name: "production" }),
        jobs: [
          job("core", ["model.shop.orders"], ["seed.shop.targets"]),
          job("ltv", ["model.shop.ltv"], ["model.shop.orders"]),
        ],
        project: new Map(),
      },
      {
        environment: environmentDefinition({ name: "staging" }),
        jobs: [job("core", ["model.shop.orders", "model.shop.targets"], [])],
        project: new Map(),
      },
    ];
    expect([...jobsOfModels(["orders", "targets", "gone"], environments)]).toEqual([
      ["orders", { built_by: ["production/core", "staging/core"], read_by: ["production/ltv"] }],
      ["targets", { built_by: ["staging/core"], read_by: [] }],
      ["gone", { built_by: [], read_by: [] }],
    ]);
  });
});
