import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryFolder, runningServers } from "../../../packages/local-dbt-cloud/registry";
import { start, type LocalDbtCloud } from "../../../packages/local-dbt-cloud/start";

const BIN = join(__dirname, "../../../packages/local-dbt-cloud/bin.cjs");

let folder: string;
let servers: LocalDbtCloud[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "local-"));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true });
});

async function started(): Promise<LocalDbtCloud> {
  const server = await start({ repo: folder, state: folder });
  servers.push(server);
  return server;
}

interface Run {
  readonly id: number;
  readonly is_complete: boolean;
  readonly run_steps: readonly { readonly logs: string }[] | null;
}

async function ask(
  server: Pick<LocalDbtCloud, "url" | "token" | "accountId">,
  method: string,
  path: string,
  body?: object,
  version = "v3",
): Promise<{ data: unknown }> {
  const response = await fetch(`${server.url}/api/${version}/accounts/${server.accountId}${path}`, {
    method,
    headers: { authorization: `Token ${server.token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  return (await response.json()) as { data: unknown };
}

function names(answer: { data: unknown }): string[] {
  return (answer.data as { name: string }[]).map(({ name }) => name);
}

describe("local-dbt-cloud", () => {
  it("prints its address and the variables to export, and ends without output", async () => {
    const server = spawn(process.execPath, [BIN, "--port", "0", "--state", folder, "--seed"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, XDG_STATE_HOME: folder },
    });
    let printed = "";
    for await (const chunk of server.stdout) {
      printed += String(chunk);
      if (!printed.includes("to watch them.")) continue;
      server.kill("SIGTERM");
    }
    const token = readFileSync(join(folder, "token"), "utf8").trim();
    const [, url] = /^Local dbt Cloud is running at (http:\/\/127\.0\.0\.1:\d+)$/m.exec(printed) ?? [];
    expect([...printed.matchAll(/^ *export (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value])).toEqual([
      ["DBTCLOUD_HOST_URL", url],
      ["DBTCLOUD_ACCOUNT_ID", "12345"],
      ["DBTCLOUD_TOKEN", token],
      ["DBT_CLOUD_TOKEN", token],
    ]);
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(server.exitCode ?? (await once(server, "exit"))[0]).toBe(0);
  });

  it("registers the projects that it has now, for the variables of clients", async () => {
    const env = { ...process.env, XDG_STATE_HOME: folder };
    const server = spawn(process.execPath, [BIN, "--port", "0", "--ephemeral", "--seed"], {
      stdio: ["ignore", "pipe", "inherit"],
      env,
    });
    await once(server.stdout, "data");
    const ready = runningServers(registryFolder(env))[0]!;
    expect(ready.project_ids).toEqual([102]);
    const cloud = { ...ready, accountId: ready.account_id };
    const { id } = (await ask(cloud, "POST", "/projects/", { name: "Second" })).data as { id: number };
    const printed = spawnSync(process.execPath, [BIN, "env", "--for", "dbt-mcp", "--json"], { encoding: "utf8", env });
    expect(JSON.parse(printed.stdout)).toMatchObject({ DBT_PROJECT_IDS: `102,${id}` });
    const headers = { authorization: `Token ${ready.token}` };
    await fetch(`${ready.url}/api/v3/accounts/${ready.account_id}/projects/${id}/`, { method: "DELETE", headers });
    expect(runningServers(registryFolder(env))[0]!.project_ids).toEqual([102]);
    server.kill("SIGTERM");
    await once(server, "exit");
    expect(runningServers(registryFolder(env))).toEqual([]);
  });

  it("reports its address to its parent program, and ends if that program stops it", async () => {
    const server = await started();
    expect(names(await ask(server, "GET", "/environments/"))).toEqual([
      "marketing-staging",
      "marketing-production",
      "terraform-dev",
    ]);
    await server.stop();
    expect([server.process.exitCode, server.process.signalCode]).toEqual([0, null]);
    await server.stop();
  });

  it("starts with only the projects and environments of --world", async () => {
    const environments = [{ id: 70, name: "own" }];
    const server = await start({ repo: folder, world: { projects: [{ id: 7, name: "Ours", environments }] } });
    servers.push(server);
    expect(names(await ask(server, "GET", "/projects/"))).toEqual(["Ours"]);
    expect((await ask(server, "GET", "/projects/7/environments/70/")).data).toMatchObject({ id: 70, name: "own" });
  });

  it("does not start with an invalid --world, and names the value", async () => {
    const world = { projects: [{ id: 0, name: "x", environments: [] }] };
    await expect(start({ repo: folder, world })).rejects.toThrow(/world\.json: projects\.0\.id: /);
  });

  it("runs the program of --dbt as dbt", async () => {
    writeFileSync(join(folder, "dbt_project.yml"), "name: shop\nprofile: shop\n");
    const program = join(folder, "other-dbt");
    writeFileSync(program, '#!/bin/sh\necho "the other dbt: $*"\n', { mode: 0o755 });
    const server = await start({ repo: folder, options: ["--dbt", program] });
    servers.push(server);
    const job = { name: "job", project_id: 102, environment_id: 999, execute_steps: ["dbt build"] };
    const { id: jobId } = (await ask(server, "POST", "/jobs/", job, "v2")).data as { id: number };
    let run = (await ask(server, "POST", `/jobs/${jobId}/run/`, { cause: "test" }, "v2")).data as Run;
    while (!run.is_complete) {
      run = (await ask(server, "GET", `/runs/${run.id}/?include_related=run_steps`, undefined, "v2")).data as Run;
    }
    expect(run.run_steps!.map(({ logs }) => logs)).toContain("the other dbt: build\n");
  });

  it("answers over https with --tls, with the certificate that it names", async () => {
    const server = spawn(process.execPath, [BIN, "--json", "--port", "0", "--state", folder, "--seed", "--tls"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(server.stdout, "data")) as [Buffer];
    const ready = JSON.parse(String(line)) as { url: string; token: string; certificate: string };
    expect(ready.url).toMatch(/^https:/);
    expect(ready.certificate).toBe(join(folder, "certificate.pem"));
    const script =
      "fetch(process.argv[1], { headers: { authorization: process.argv[2] } }).then((answer) => console.log(answer.status))";
    const fetched = spawnSync(
      process.execPath,
      ["-e", script, `${ready.url}/api/v2/accounts/`, `Token ${ready.token}`],
      { encoding: "utf8", env: { ...process.env, NODE_EXTRA_CA_CERTS: ready.certificate } },
    );
    expect([fetched.stdout, fetched.stderr]).toEqual(["200\n", ""]);
    server.kill("SIGTERM");
    await once(server, "exit");
  });

  it("simulates schedules with --clock and --replay, in the same way in every time zone", async () => {
    const steps = join(folder, "steps.json");
    writeFileSync(steps, JSON.stringify({ steps: [{ seconds: 60 }, { seconds: 90, status: "error" }] }));
    const histories: string[] = [];
    for (const TZ of ["UTC", "America/New_York"]) {
      const options = ["--scheduler", "--clock", "2026-03-07T00:00Z", "--speed", "0", "--replay", steps];
      const server = await start({ repo: folder, options, env: { TZ } });
      servers.push(server);
      const schedule = {
        date: { type: "custom_cron", cron: "30 */6 * * *" },
        time: { type: "every_hour", interval: 1 },
      };
      const job = { name: "job", project_id: 102, environment_id: 999, triggers: { schedule: true }, schedule };
      await ask(server, "POST", "/jobs/", job, "v2");
      const headers = { authorization: `Token ${server.token}`, "content-type": "application/json" };
      const body = JSON.stringify({ to: "2026-03-10T00:00Z" });
      const moved = await fetch(`${server.url}/local/clock`, { method: "POST", headers, body });
      expect(await moved.json()).toMatchObject({ data: { now: "2026-03-10T00:00:00.000Z", speed: 0 } });
      const { data } = await ask(server, "GET", "/runs/", undefined, "v2");
      histories.push(JSON.stringify(data).replaceAll(server.url, ""));
      expect(data).toHaveLength(12);
    }
    expect(histories[0]).toBe(histories[1]);
  });

  it.each([
    [["--speed", "5"], "--speed needs --clock"],
    [["--clock", "today"], "--clock must be a time with its offset, such as 2026-01-01T00:00Z, got today"],
    [["--clock", "2026-01-01T00:00Z", "--speed", "fast"], "--speed must be a number from 0 to 1000000000, got fast"],
    [["--replay-seed", "5"], "--replay-seed needs --replay"],
  ])("refuses %j", async (options, message) => {
    await expect(start({ repo: folder, options: [...options] })).rejects.toThrow(message);
  });

  it("loses no acknowledged write if it is killed", async () => {
    let acknowledged = 0;
    const killed = await started();
    const writing = (async () => {
      for (;;) {
        await ask(killed, "POST", "/projects/", { name: `project ${acknowledged + 1}` });
        acknowledged++;
        if (acknowledged === 150) killed.process.kill("SIGKILL");
      }
    })();
    await expect(writing).rejects.toThrow();
    const again = await started();
    expect(again.token).toBe(killed.token);
    const found = [
      ...names(await ask(again, "GET", "/projects/")),
      ...names(await ask(again, "GET", "/projects/?offset=100")),
    ];
    const kept = found.filter((name) => name.startsWith("project ")).length;
    expect([acknowledged, acknowledged + 1]).toContain(kept);
    expect(acknowledged).toBeGreaterThanOrEqual(150);
  });

  it("refuses a second process on the same state", async () => {
    await started();
    const second = spawnSync(process.execPath, [BIN, "--port", "0", "--state", folder], { encoding: "utf8" });
    expect([second.status, second.stdout, second.stderr]).toEqual([
      1,
      "",
      `${join(folder, "state.db")} is in use: a local dbt Cloud is already running on it. Stop it, or choose another --state file.\n`,
    ]);
  });

  it("prints the fix if its port is in use", async () => {
    const { url } = await started();
    const { port } = new URL(url);
    const second = spawnSync(process.execPath, [BIN, "--port", port, "--ephemeral"], { encoding: "utf8" });
    expect([second.status, second.stdout, second.stderr]).toEqual([
      1,
      "",
      `Port ${port} is in use, perhaps by another local dbt Cloud. Stop the other program, or add --port 0 for a free port.\n`,
    ]);
  });

  it.each([
    [["--port", "x"], 64, "--port must be a number from 0 to 65535, got x"],
    [["--dbt", "./no-dbt"], 64, '--dbt: "./no-dbt" is not an executable file.'],
    [["--porl", "1"], 64, "Unknown option '--porl'"],
  ])("refuses %j", (args, status, message) => {
    const run = spawnSync(process.execPath, [BIN, ...args], { encoding: "utf8", cwd: folder });
    expect(run.status).toBe(status);
    expect(run.stderr).toContain(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("prints its options with --help", () => {
    const run = spawnSync(process.execPath, [BIN, "--help"], { encoding: "utf8", cwd: folder });
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("Usage: local-dbt-cloud [options]");
  });
});
