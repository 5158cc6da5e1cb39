import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BIN = join(__dirname, "../../../packages/local-dbt-cloud/bin.cjs");

let folder: string;
let servers: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "local-"));
  servers = [];
});
afterEach(async () => {
  for (const server of servers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    const ended = once(server, "exit");
    server.kill("SIGKILL");
    await ended;
  }
  rmSync(folder, { recursive: true });
});

interface Started {
  readonly process: ChildProcess;
  readonly env: Readonly<Record<string, string>>;
}

async function start(...args: string[]): Promise<Started> {
  const server = spawn(process.execPath, [BIN, "--port", "0", "--state", folder, "--seed", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  servers.push(server);
  let printed = "";
  while (!printed.includes("in a browser")) {
    const [chunk] = (await once(server.stdout, "data")) as [Buffer];
    printed += chunk.toString();
  }
  const found = [...printed.matchAll(/^ *export (\w+)=(\S+)$/gm)].map(([, name, value]) => [name!, value!]);
  return { process: server, env: Object.fromEntries(found) as Record<string, string> };
}

async function ask({ env }: Started, method: string, path: string, body?: object): Promise<{ data: unknown }> {
  const response = await fetch(`${env["DBTCLOUD_HOST_URL"]}/api/v3/accounts/12345${path}`, {
    method,
    headers: { authorization: `Token ${env["DBT_CLOUD_TOKEN"]}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  return (await response.json()) as { data: unknown };
}

function names(answer: { data: unknown }): string[] {
  return (answer.data as { name: string }[]).map(({ name }) => name);
}

describe("local-dbt-cloud", () => {
  it("prints its address and what to export, and ends quietly", async () => {
    const server = await start();
    expect(server.env).toEqual({
      DBTCLOUD_HOST_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      DBTCLOUD_ACCOUNT_ID: "12345",
      DBTCLOUD_TOKEN: expect.stringMatching(/^[\w-]{32}$/) as string,
      DBT_CLOUD_TOKEN: server.env["DBTCLOUD_TOKEN"],
    });
    expect(names(await ask(server, "GET", "/environments/"))).toEqual([
      "marketing-staging",
      "marketing-production",
      "terraform-dev",
    ]);
    const ended = once(server.process, "exit");
    server.process.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });

  it("leaves its address beside its token for as long as it runs", async () => {
    const server = await start();
    const [url, token] = ["url", "token"].map((name) => readFileSync(join(folder, name), "utf8").trim());
    expect([url, token]).toEqual([server.env["DBTCLOUD_HOST_URL"], server.env["DBTCLOUD_TOKEN"]]);
    const ended = once(server.process, "exit");
    server.process.kill("SIGTERM");
    await ended;
    expect(existsSync(join(folder, "url"))).toBe(false);
  });

  it("loses nothing that it acknowledged when it is killed at any moment", async () => {
    let acknowledged = 0;
    const killed = await start();
    const writing = (async () => {
      for (;;) {
        await ask(killed, "POST", "/projects/", { name: `project ${acknowledged + 1}` });
        acknowledged++;
        if (acknowledged === 150) killed.process.kill("SIGKILL");
      }
    })();
    await expect(writing).rejects.toThrow();
    const again = await start();
    expect(again.env["DBTCLOUD_TOKEN"]).toBe(killed.env["DBTCLOUD_TOKEN"]);
    const found = [
      ...names(await ask(again, "GET", "/projects/")),
      ...names(await ask(again, "GET", "/projects/?offset=100")),
    ];
    const kept = found.filter((name) => name.startsWith("project ")).length;
    expect([acknowledged, acknowledged + 1]).toContain(kept);
    expect(acknowledged).toBeGreaterThanOrEqual(150);
  });

  it("refuses a second process on the same state", async () => {
    await start();
    const second = spawnSync(process.execPath, [BIN, "--port", "0", "--state", folder], { encoding: "utf8" });
    expect([second.status, second.stdout, second.stderr]).toEqual([
      1,
      "",
      `${join(folder, "state.db")} is in use: a local dbt Cloud is already running on it. Stop it, or choose another --state file.\n`,
    ]);
  });

  it.each([
    [["--port", "x"], 64, "--port must be a number from 0 to 65535, got x"],
    [["--porl", "1"], 64, "Unknown option '--porl'"],
  ])("refuses %j", (args, status, message) => {
    const run = spawnSync(process.execPath, [BIN, ...args], { encoding: "utf8", cwd: folder });
    expect(run.status).toBe(status);
    expect(run.stderr).toContain(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("explains itself", () => {
    const run = spawnSync(process.execPath, [BIN, "--help"], { encoding: "utf8", cwd: folder });
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("Usage: local-dbt-cloud [options]");
  });
});
