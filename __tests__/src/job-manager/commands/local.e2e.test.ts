import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { envFolder } from "../../../support/env-folder";
import { startJobManager } from "../../../support/job-manager-process";
import { devFile } from "../../../support/work-on-branch";

const BIN = join(__dirname, "../../../../packages/local-dbt-cloud/bin.cjs");
const BRANCH = { CI_COMMIT_REF_NAME: "feature/x", GITLAB_USER_LOGIN: "jennifer" };

describe("--local", () => {
  it("finds the local dbt Cloud that was started in the project", async () => {
    const file = devFile();
    const root = envFolder({
      "cdktf.json": "{}",
      "environments/dev.yaml": readFileSync(file, "utf8"),
      "environments/prod.yaml": readFileSync(join(dirname(file), "prod.yaml"), "utf8"),
    });
    const stdio = ["ignore", "pipe", "inherit"] as const;
    const server = spawn(process.execPath, [BIN, "--port", "0", "--seed"], { cwd: root, stdio: [...stdio] });
    try {
      let printed = "";
      while (!printed.includes("in a browser")) printed += String((await once(server.stdout, "data"))[0]);
      const { exitCode, stdout } = await startJobManager(["deploy", "--local"], BRANCH, root).ended;
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining("4 created")]);
    } finally {
      // The program must end before its folder is removed, because its state is in there.
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
    }
  });
});
