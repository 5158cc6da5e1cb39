import { chdir, cwd } from "node:process";
import { describeProgram } from "../../../src/job-manager/program";
import { envFolder } from "../../support/env-folder";

/** The options that a command line gives to its command. */
async function optionsOf(name: string, ...args: readonly string[]): Promise<object> {
  const program = describeProgram({ offline: nothing, online: nothing, server: nothing });
  const command = program.commands.find((candidate) => candidate.name() === name)!;
  command.action(() => undefined);
  await program.parseAsync(["node", "dbt-job-manager", name, ...args]);
  return command.opts();
}

const nothing = (): Promise<void> => Promise.resolve();

describe("--config", () => {
  it.each([
    ["prod", "environments/prod.yaml"],
    ["environments/prod.yaml", "environments/prod.yaml"],
    ["./prod", "./prod"],
    ["other.yaml", "other.yaml"],
  ])("%s means %s", async (text, path) => {
    expect(await optionsOf("status", "--config", text)).toMatchObject({ config: path });
    expect(await optionsOf("status")).toMatchObject({ config: "environments/dev.yaml" });
  });

  it("means a file with that name where there is one", async () => {
    const before = cwd();
    chdir(envFolder({ "cdktf.json": "{}", prod: "" }));
    try {
      expect(await optionsOf("status", "--config", "prod")).toMatchObject({ config: "prod" });
    } finally {
      chdir(before);
    }
  });
});

it.each([[["a,b"]], [["a", "b"]], [["a,", "b"]], [["a", "--only", "b"]]])("--only %j means a and b", async (keys) => {
  expect(await optionsOf("plan", "--only", ...keys)).toMatchObject({ only: ["a", "b"] });
});
