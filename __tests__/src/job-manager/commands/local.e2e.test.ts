import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
    const env = { ...process.env, XDG_STATE_HOME: join(root, "state") };
    const server = spawn(process.execPath, [BIN, "--port", "0", "--seed"], { cwd: root, env, stdio: "ignore" });
    try {
      while (!existsSync(join(root, "state", "local-dbt-cloud", `${server.pid}.json`))) await sleep(20);
      const { exitCode, stdout } = await startJobManager(
        ["deploy", "--local"],
        { ...BRANCH, XDG_STATE_HOME: env.XDG_STATE_HOME },
        root,
      ).ended;
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining("4 created")]);
    } finally {
      // Its state is in the folder that is removed after the test.
      const ended = once(server, "exit");
      server.kill("SIGTERM");
      await ended;
    }
    expect(readdirSync(join(root, "state", "local-dbt-cloud"))).toEqual([]);
  });
});
