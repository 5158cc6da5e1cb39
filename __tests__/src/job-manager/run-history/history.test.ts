import { cacheFile } from "../../../../src/job-manager/run-history/history";

const TARGET = {
  client: { pageUrl: () => "http://127.0.0.1:8580/deploy/12345/" },
  where: { projectId: 102, environmentId: 302 },
} as unknown as Parameters<typeof cacheFile>[1];

function file(kind: Parameters<typeof cacheFile>[0], token: string): string {
  return cacheFile(kind, TARGET, { XDG_CACHE_HOME: "/cache", DBTCLOUD_TOKEN: token });
}

describe("a file in the user's cache", () => {
  it("is another one for the runs of another token, such as that of a local dbt Cloud with a new state", () => {
    expect(file("runs", "first")).toMatch(
      /^\/cache\/dbt-job-manager\/runs-http-127-0-0-1-8580-deploy-12345-302-[0-9a-f]{8}\.json$/,
    );
    expect(file("runs", "first")).toBe(file("runs", "first"));
    expect(file("runs", "second")).not.toBe(file("runs", "first"));
    expect(file("results", "second")).not.toBe(file("results", "first"));
  });

  it("is the same after a new token for what receivers of alerts know", () => {
    expect(file("alerts", "second")).toBe(file("alerts", "first"));
  });
});
