import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeProfile } from "../../../../packages/local-dbt-cloud/execution/profile";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "profile-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function profileOf(project: string): Record<string, { outputs: { default: object } }> {
  writeFileSync(join(folder, "dbt_project.yml"), project);
  writeProfile(folder, folder, {
    targetName: "default",
    warehouse: join(folder, "warehouse", "1.duckdb"),
    schema: "s",
    threads: 2,
    sources: "/raw.duckdb",
    deferredWarehouse: "/2.duckdb",
  });
  return JSON.parse(readFileSync(join(folder, "profiles.yml"), "utf8")) as ReturnType<typeof profileOf>;
}

describe("the profile of a run", () => {
  it.each(["profile: marketing", 'name: x\nprofile:   "marketing" # ours', "profile: 'marketing'\n"])(
    "has the name that the project wants: %p",
    (project) => {
      expect(Object.keys(profileOf(project))).toEqual(["marketing"]);
    },
  );

  it("attaches sources and the warehouse of the deferral read-only", () => {
    expect(profileOf("profile: p\n")["p"]!.outputs.default).toMatchObject({
      attach: [
        { path: "/raw.duckdb", alias: "sources", read_only: true },
        { path: "/2.duckdb", read_only: true },
      ],
    });
  });

  it("cannot be written for a project without a profile", () => {
    expect(() => profileOf("name: x\n# profile: y\n")).toThrow("dbt_project.yml has no line `profile: NAME`");
  });
});
