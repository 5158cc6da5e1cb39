import { readFileSync } from "node:fs";
import { join } from "node:path";
import { importFromDbtCloud, importFromFiles } from "../../src/job-manager/commands/import";
import { validate } from "../../src/job-manager/commands/validate";
import { codeBlocks, documentation } from "../support/documentation";
import { envFolder } from "../support/env-folder";
import { addJob, openCloud } from "../support/listening-cloud";
import { bench, personEnv } from "../support/work-on-branch";

const page = documentation("migration.md");
const [head, added] = codeBlocks(page, "yaml") as [string, string];
const [tfvars] = codeBlocks(page, "hcl") as [string];
const [fromCloud, fromFile, checks] = codeBlocks(page, "bash") as [string, string, string];

function project(): string {
  return envFolder({ "environments/prod.yaml": `${head}\n`, "env_file/prod_env.tfvars": `${tfvars}\n` });
}

describe("docs/migration.md, followed step by step", () => {
  it("imports the tfvars file as the page shows it, and the file is valid", async () => {
    const folder = project();
    const [, file, config] = /^npx dbt-job-manager import (\S+) --config (\S+) --write$/.exec(fromFile)!;
    const path = join(folder, config!);
    const options = { files: [join(folder, file!)], config: path, write: true };
    const { text } = await importFromFiles(options, bench({}));
    expect(readFileSync(path, "utf8")).toBe(`${head.replace("jobs: {}", added)}\n`);
    expect(text).toContain('execute_steps[1] ("dbt docs serve")');
    for (const heading of ["Not in the YAML", "The next apply changes in dbt Cloud", "Please check"]) {
      expect(text).toContain(`\n${heading}:\n`);
      expect(page).toContain(`**${heading}**`);
    }

    const [, checked] = /^npx dbt-job-manager validate (\S+)$/m.exec(checks)!;
    expect(validate({ files: [join(folder, checked!)] }, bench({})).exitCode).toBe(0);
  });

  it("imports from dbt Cloud", async () => {
    expect(fromCloud).toContain("npx dbt-job-manager import --config prod --write");
    const cloud = await openCloud();
    try {
      const { id } = addJob(cloud.world, { name: "Nightly", environment_id: 302 });
      const config = join(project(), "environments/prod.yaml");
      await importFromDbtCloud({ config, write: true }, bench(personEnv(cloud)));
      expect(readFileSync(config, "utf8")).toContain(`adopt_job_id: ${id}\n`);
    } finally {
      await cloud.close();
    }
  });
});
