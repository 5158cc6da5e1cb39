import { systemClock } from "../../../packages/local-dbt-cloud/clock";
import { environmentVariablesOf } from "../../../packages/local-dbt-cloud/resources/environment-variables/environment-variables";
import { environmentsOf } from "../../../packages/local-dbt-cloud/resources/environments/environments";
import { projectsOf } from "../../../packages/local-dbt-cloud/resources/projects/projects";
import { seed, startingWorldSchema } from "../../../packages/local-dbt-cloud/seed";
import { Store } from "../../../packages/local-dbt-cloud/store/store";
import { newSignals, type World } from "../../../packages/local-dbt-cloud/world";

let world: World;
beforeEach(() => {
  world = {
    accountId: 12345,
    store: Store.open(undefined),
    clock: { ...systemClock, now: () => new Date("2026-01-05T04:30:00Z") },
    signals: newSignals(),
  };
});
afterEach(() => {
  world.store.close();
});

const OWN = startingWorldSchema.parse({
  projects: [
    {
      id: 7,
      name: "Ours",
      environments: [
        { id: 70, name: "prod", custom_branch: "main" },
        { id: 71, name: "dev" },
      ],
    },
    { id: 8, name: "Theirs", environment_variables: { DBT_SCHEMA: "x" }, environments: [] },
  ],
});

describe("the initial state", () => {
  it("is the platform team's project unless a file describes another", () => {
    seed(world);
    expect(projectsOf(world).all()).toMatchObject([{ id: 102, dbt_project_subdirectory: "dbt", state: 1 }]);
    expect(environmentsOf(world).all()).toMatchObject([{ id: 202 }, { id: 302 }, { id: 999 }]);
  });

  it("has only the given projects and environments, with their ids", () => {
    seed(world, OWN);
    expect(projectsOf(world).all()).toMatchObject([
      { id: 7, name: "Ours", dbt_project_subdirectory: null },
      { id: 8, name: "Theirs" },
    ]);
    expect(environmentsOf(world).all()).toMatchObject([
      { id: 70, project_id: 7, name: "prod", use_custom_branch: true, custom_branch: "main" },
      { id: 71, project_id: 7, name: "dev", use_custom_branch: false, custom_branch: null },
    ]);
    expect(environmentVariablesOf(world).all()).toMatchObject([
      { project_id: 8, name: "DBT_SCHEMA", value: "x", type: "project" },
    ]);
  });

  it("keeps existing objects, so a second start changes nothing", () => {
    seed(world, OWN);
    projectsOf(world).put({ ...projectsOf(world).get(7)!, name: "Renamed" });
    const before = JSON.stringify([projectsOf(world).all(), environmentsOf(world).all()]);
    seed(world, OWN);
    expect(JSON.stringify([projectsOf(world).all(), environmentsOf(world).all()])).toBe(before);
    expect(environmentVariablesOf(world).all()).toHaveLength(1);
  });

  it.each([{}, { projects: [{ id: 0, name: "x", environments: [] }] }, { projects: [], more: 1 }])(
    "is not read from %j",
    (file) => {
      expect(startingWorldSchema.safeParse(file).success).toBe(false);
    },
  );
});
