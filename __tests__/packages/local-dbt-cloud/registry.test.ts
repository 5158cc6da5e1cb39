import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { register, registryFolder, runningServers } from "../../../packages/local-dbt-cloud/registry";

const READY = {
  url: "http://127.0.0.1:1",
  token: "t",
  account_id: 12345,
  project_ids: [102],
  state: null,
  repo: "/repo",
  certificate: null,
  pid: process.pid,
};

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "registry-"));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

describe("a registered server", () => {
  it("leaves a file that only its owner may read, and removes it", () => {
    const folder = registryFolder({ XDG_STATE_HOME: home });
    const unregister = register(folder, READY);
    const file = join(home, "local-dbt-cloud", `${process.pid}.json`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(READY);
    expect([statSync(file).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
    unregister();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("removes files of processes that no longer run, and no others", () => {
    const folder = registryFolder({ XDG_STATE_HOME: home });
    register(folder, READY)();
    // No process has this id: it is above the largest that Linux gives.
    for (const name of ["4194305.json", "1.json", "notes.json"]) writeFileSync(join(folder, name), "{}");
    register(folder, READY);
    expect(readdirSync(folder).sort()).toEqual(["1.json", `${process.pid}.json`, "notes.json"].sort());
  });

  it("has its newest data after a second registration, and no other file", () => {
    const folder = registryFolder({ XDG_STATE_HOME: home });
    register(folder, READY);
    register(folder, { ...READY, project_ids: [102, 103] });
    expect(readdirSync(folder)).toEqual([`${process.pid}.json`]);
    expect(runningServers(folder)).toEqual([{ ...READY, project_ids: [102, 103] }]);
  });

  it("is below ~/.local/state without XDG_STATE_HOME", () => {
    expect(registryFolder({})).toMatch(/\.local\/state\/local-dbt-cloud$/);
  });
});
