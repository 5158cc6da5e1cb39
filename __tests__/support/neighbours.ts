import { markedDescription } from "../../src/job-manager/branch-jobs/mark";
import type { World } from "../../packages/local-dbt-cloud/world";
import { branch, mark } from "./branch-records";
import { addJob, addVariable } from "./listening-cloud";

const SCHEDULED = { triggers: { schedule: true } };

/**
 * Adds jobs beside those of jennifer's branch `feature/x`: jobs of other people and branches with similar names, Terraform's
 * jobs, unmarked jobs, a copy, and jobs with a mark of another version.
 *
 * @param fillers the number of further jobs, so that a list has several pages
 * @returns the ids of all
 */
export function addNeighbours(world: World, fillers = 0): number[] {
  const ours = branch();
  const owned = [
    { ref: "feature/x-y" },
    { ref: "feature/x/y" },
    { ref: "feature" },
    { ref: "Feature/x-2" },
    { user: "jennifer-l" },
    { user: "jen" },
    { team: "marketing-team-feature" },
  ].map((owner) => {
    const other = branch({ ref: owner.ref ?? "feature/x", user: owner.user ?? "jennifer" });
    const schema = owner.team ? "marketing_elsewhere" : other.schema;
    const description = markedDescription("Theirs", mark({ ...owner, key: "extract", schema }));
    return { name: other.nameOf(owner.team ? "other" : "extract"), description, ...SCHEDULED, schema };
  });
  const others = [
    { name: `${ours.nameOf("extract")}-2` },
    { name: ours.nameOf("extract").slice(0, -1) },
    { name: "marketing-team-extract-production" },
    {
      name: "Copy of a job",
      description: `Note\n\n${markedDescription("", mark({ key: "gone-long-ago", user: "sam", schema: "marketing_feature_x_sam" }))}`,
    },
    { name: "newer", description: markedDescription("", mark()).replace("/v1 ", "/v2 ") },
    ...Array.from({ length: fillers }, (_, i) => ({ name: `filler ${i}` })),
  ];
  return [...owned, ...others.map((job) => ({ schema: "marketing_other", ...job }))].map(({ schema, ...job }) => {
    const { id } = addJob(world, job);
    addVariable(world, "DBT_SCHEMA", schema, id);
    return id;
  });
}
