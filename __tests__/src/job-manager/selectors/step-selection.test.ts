import { selectionOf } from "../../../../src/job-manager/selectors/step-selection";

const NOWHERE = { environment_variables: {} };

function argumentsOf(step: string): readonly string[] | undefined {
  return selectionOf(step, NOWHERE, NOWHERE)?.selection.arguments;
}

describe("the question for dbt", () => {
  it("has the objects on which the command works, and the flags of the selection", () => {
    expect(argumentsOf("dbt test -s tag:a --exclude b --threads 4")).toEqual([
      ...["--resource-type", "test", "unit_test", "--select", "tag:a", "--exclude", "b"],
    ]);
    expect(argumentsOf("dbt source freshness")).toEqual(["--resource-type", "source"]);
    expect(argumentsOf("dbt build --resource-type model --selector nightly")).toEqual([
      ...["--resource-type", "model", "--selector", "nightly"],
    ]);
    expect(argumentsOf("dbt build --exclude-resource-types unit_test")?.slice(-2)).toEqual([
      ...["--exclude-resource-type", "unit_test"],
    ]);
  });

  it("has the variables of the job before those of the environment, and the vars of the step", () => {
    const question = selectionOf(
      `dbt run --vars '{days: 7}'`,
      { environment_variables: { DBT_A: "job" } },
      { environment_variables: { DBT_A: "environment", DBT_B: "b" } },
    );
    expect(question?.selection).toMatchObject({ vars: "{days: 7}", variables: { DBT_A: "job", DBT_B: "b" } });
  });

  it("is missing for steps that select nothing, or whose selection depends on an earlier run", () => {
    for (const step of [
      "dbt deps",
      "dbt run-operation clean",
      "dbt build --select state:modified+",
      "dbt build -s 1+result:error",
    ]) {
      expect(argumentsOf(step)).toBeUndefined();
    }
    expect(argumentsOf("dbt build --select my_state")).toBeDefined();
  });

  it("knows the steps that build tables, and full refreshes", () => {
    expect(selectionOf("dbt run -f", NOWHERE, NOWHERE)).toMatchObject({ isBuilding: true, isFullRefresh: true });
    expect(selectionOf("dbt test", NOWHERE, NOWHERE)).toMatchObject({ isBuilding: false, isFullRefresh: false });
  });
});
