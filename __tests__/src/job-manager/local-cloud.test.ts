import { join } from "node:path";
import { localCloudOf, runningLocalClouds, type LocalCloud } from "../../../src/job-manager/local-cloud";
import { envFolder } from "../../support/env-folder";

const cloud = (port: number, state: string | null = null): LocalCloud => ({
  url: `http://127.0.0.1:${port}`,
  token: "t",
  account_id: 12345,
  state,
  pid: process.pid,
});

const messageOf = (root: string, running: readonly LocalCloud[]): string => {
  try {
    localCloudOf(root, running);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it finds one");
};

describe("the local dbt Clouds that run", () => {
  it("have a file with the id of a running process", () => {
    const root = envFolder({
      "local-dbt-cloud/1.json": JSON.stringify(cloud(1)),
      // No process has this id: it is above the largest that Linux gives.
      "local-dbt-cloud/2.json": JSON.stringify({ ...cloud(2), pid: 4_194_305 }),
      "local-dbt-cloud/3.json": '{"url": "http',
      "local-dbt-cloud/4.json.tmp": JSON.stringify(cloud(4)),
      "local-dbt-cloud/5.json": JSON.stringify({ url: "http://127.0.0.1:5", pid: process.pid }),
    });
    expect(runningLocalClouds({ XDG_STATE_HOME: root })).toEqual([cloud(1)]);
  });

  it("are an empty list when no local dbt Cloud was started", () => {
    expect(runningLocalClouds({ XDG_STATE_HOME: envFolder({ "x.txt": "" }) })).toEqual([]);
  });
});

describe("the local dbt Cloud of a project", () => {
  it("is the one that keeps its state in the project", () => {
    const root = envFolder({ ".local-dbt-cloud/token": "t" });
    const own = cloud(2, join(root, ".local-dbt-cloud"));
    expect(localCloudOf(root, [cloud(1), own, cloud(3, "/elsewhere")])).toBe(own);
    expect(localCloudOf(join(root, "environments", ".."), [cloud(1), own])).toBe(own);
  });

  it("is the only one that runs, also with its state elsewhere", () => {
    const only = cloud(1, "/elsewhere");
    expect(localCloudOf(envFolder({ "x.txt": "" }), [only])).toBe(only);
  });

  it("is refused with a way to start one when none runs", () => {
    expect(messageOf("/project", [])).toBe(
      [
        "--local: no local dbt Cloud runs on this machine",
        "  allowed: a local dbt Cloud that is running",
        "  fix:     run `npx local-dbt-cloud --seed` in another shell",
        "",
        "1 problem",
      ].join("\n"),
    );
  });

  it("is refused with all addresses when several run elsewhere", () => {
    const message = messageOf("/project", [cloud(1), cloud(2, "/elsewhere")]);
    expect(message).toContain("got:     http://127.0.0.1:1 (keeps nothing), http://127.0.0.1:2 (/elsewhere)");
    expect(message).toContain("export the variables that the right one printed");
  });
});
