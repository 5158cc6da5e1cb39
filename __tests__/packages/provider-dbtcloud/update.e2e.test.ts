import { spawnSync } from "node:child_process";
import { join } from "node:path";

const PACKAGE_DIR = join(__dirname, "../../../packages/provider-dbtcloud");

/** Runs the script with no program but itself within reach. */
function update(...args: string[]) {
  return spawnSync(process.execPath, [require.resolve("ts-node/dist/bin"), "--swc", "update.ts", ...args], {
    cwd: PACKAGE_DIR,
    encoding: "utf8",
    env: { PATH: __dirname },
  });
}

describe("updating the provider", () => {
  it.each([[[]], [["1.12"]], [["v1.12.5"]], [["~> 1.12"]], [["1.12.5", "x"]]])(
    "refuses the arguments %j",
    (args: string[]) => {
      const { status, stderr } = update(...args);

      expect(stderr).toMatch(/^usage: npm run provider:update -- .*\n$/);
      expect(status).toBe(64);
    },
  );

  it("reports that terraform is missing", () => {
    const { status, stderr } = update("1.12.5");

    expect(stderr).toMatch(/^provider:update: cannot run terraform: .*\n$/);
    expect(status).toBe(1);
  });
});
