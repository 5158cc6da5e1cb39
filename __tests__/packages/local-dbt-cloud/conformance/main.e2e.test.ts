import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { runNode, type ProgramRun } from "../../../support/run-program";

const ROOT = join(__dirname, "..", "..", "..", "..");
const PROGRAM = join(ROOT, "packages", "local-dbt-cloud", "conformance", "main.ts");

const run = (...args: string[]): Promise<ProgramRun> =>
  runNode(["-r", "ts-node/register", PROGRAM, ...args], { cwd: ROOT });

describe("the conformance program", () => {
  it("prints a line for each rule, by topic, and the totals", async () => {
    const { exitCode, stdout, stderr } = await run("--rules", "^accounts|^run-triggers.cause");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^accounts\n {2}pass {2}accounts\.listed-v2 +the list in v2 has the account/m);
    expect(stdout).toMatch(/^run-triggers\n {2}pass {2}run-triggers\.cause /m);
    expect(stdout).toContain("openapi: skipped, because --openapi names no document");
    expect(stdout).toMatch(/\n4 passed, 0 failed\n$/);
  });

  it.each([
    [["--rules", "^nothing"], "no rule's id matches ^nothing"],
    [
      ["--url", "http://127.0.0.1:1/api", "--account", "1", "--token", "t"],
      "--url must be like https://cloud.getdbt.com",
    ],
    [["--url", "http://127.0.0.1:1", "--token", "t"], "--url needs --account"],
    [["--url", "http://127.0.0.1:1", "--account", "1"], "--url needs a token"],
    [["--openapi", "nowhere"], "nowhere"],
    [["--rule", "x"], "Unknown option '--rule'"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect([exitCode, stdout]).toEqual([64, ""]);
    expect(stderr).toContain(message);
  });

  it("prints its usage", async () => {
    const { exitCode, stdout } = await run("--help");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Usage: npm run conformance");
  });
});

describe("a server that is not a dbt Cloud", () => {
  let server: Server;
  let address: string[];
  beforeEach(async () => {
    server = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = ["--url", `http://127.0.0.1:${(server.address() as AddressInfo).port}`, "--account", "1", "--token", "t"];
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it("fails every rule with a reason, except for rules that start jobs", async () => {
    const { exitCode, stdout } = await run(...address);
    expect(exitCode).toBe(1);
    expect(stdout).not.toContain("pass  ");
    expect(stdout).toMatch(
      /FAIL {2}transport\.no-token .*\n +GET \/api\/v2\/accounts\/1\/jobs\/ was answered with 200 \{\}, not with 401/,
    );
    expect(stdout).toMatch(/skip {2}runs\.success /);
    expect(stdout).toMatch(/\n0 passed, \d{3} failed, \d+ skipped\n$/);
  });
});
