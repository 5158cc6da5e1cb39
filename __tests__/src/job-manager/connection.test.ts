import { join } from "node:path";
import { readSettings } from "../../../src/env-files/settings";
import { connect, localEnvironment } from "../../../src/job-manager/connection";
import type { ProcessEnvironment } from "../../../src/env-files/process-environment";
import { z } from "zod";
import { envFolder } from "../../support/env-folder";
import { scriptedServer, single, type ScriptedServer } from "../../support/scripted-server";
import { bench } from "../../support/work-on-branch";

const TOKEN = "dbtc_0123456789";
const shape = z.object({ id: z.int() });

function messageOf(env: ProcessEnvironment): string {
  try {
    connect(readSettings(env), bench({ ...env } as Record<string, string>));
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("it connects");
}

describe("a connection", () => {
  let server: ScriptedServer;
  beforeEach(async () => {
    server = await scriptedServer(() => single({ id: 1 }));
  });
  afterEach(() => server.close());

  const writeWith = async (env: Record<string, string>): Promise<unknown> => {
    const all = { DBTCLOUD_HOST_URL: server.url, DBTCLOUD_ACCOUNT_ID: "7", DBTCLOUD_TOKEN: TOKEN, ...env };
    return connect(readSettings(all), bench(all)).post("v2/jobs/", {}, shape);
  };

  it("is to the account that the env vars name, with their token", async () => {
    await writeWith({});
    expect(server.lines()).toEqual(["POST /api/v2/accounts/7/jobs/"]);
    expect(server.asked[0]!.headers.authorization).toBe(`Token ${TOKEN}`);
  });

  it("takes the provider's spelling of the token, and no blanks around it", async () => {
    await writeWith({ DBTCLOUD_TOKEN: "", DBT_CLOUD_TOKEN: ` ${TOKEN}\n` });
    expect(server.asked[0]!.headers.authorization).toBe(`Token ${TOKEN}`);
  });

  it.each(["1", "true", "yes", "TRUE", "on"])("with DBTCLOUD_READONLY=%s writes nothing", async (value) => {
    await expect(writeWith({ DBTCLOUD_READONLY: value })).rejects.toThrow("DBTCLOUD_READONLY blocks every write");
    expect(server.asked).toEqual([]);
  });

  it.each(["", "0", "false", "no", " "])("with DBTCLOUD_READONLY=%p writes", async (value) => {
    await writeWith({ DBTCLOUD_READONLY: value });
    expect(server.asked).toHaveLength(1);
  });

  it("needs account and token, each with what it is for", () => {
    const account = [
      "environment  DBTCLOUD_ACCOUNT_ID: it is not set: the number of the dbt Cloud account",
      "  allowed: a value from dbt Cloud",
      "  fix:     export DBTCLOUD_ACCOUNT_ID=…, or use --local to try it without an account",
    ];
    const token = [
      "environment  DBTCLOUD_TOKEN: it is not set: the token by which dbt Cloud knows you",
      "  allowed: a value from dbt Cloud",
      "  fix:     export DBTCLOUD_TOKEN=…, or use --local to try it without an account",
    ];
    expect(messageOf({})).toBe([...account, "", ...token, "", "2 problems"].join("\n"));
    expect(messageOf({ DBTCLOUD_ACCOUNT_ID: "7" })).toBe([...token, "", "1 problem"].join("\n"));
    expect(messageOf({ DBTCLOUD_TOKEN: "   ", DBTCLOUD_ACCOUNT_ID: "7" })).toContain("DBTCLOUD_TOKEN");
    expect(messageOf({ DBTCLOUD_TOKEN: TOKEN })).toBe([...account, "", "1 problem"].join("\n"));
  });
});

describe("the local dbt Cloud", () => {
  it("replaces the real one, even when its variables are set", () => {
    const root = envFolder({
      "state/local-dbt-cloud/1.json": JSON.stringify({
        url: "http://127.0.0.1:1",
        token: "local_token",
        account_id: 54321,
        state: null,
        pid: process.pid,
      }),
    });
    const env = localEnvironment(
      {
        DBT_CLOUD_TOKEN: TOKEN,
        DBT_CLOUD_ACCOUNT_ID: "7",
        DBT_CLOUD_HOST_URL: "https://x.example.com",
        PROJECT_ID: "5",
        XDG_STATE_HOME: join(root, "state"),
      },
      root,
    );
    expect(env).toEqual({
      DBTCLOUD_HOST_URL: "http://127.0.0.1:1",
      DBTCLOUD_ACCOUNT_ID: "54321",
      DBTCLOUD_TOKEN: "local_token",
      PROJECT_ID: "5",
      XDG_STATE_HOME: join(root, "state"),
    });
    expect(readSettings(env)).toMatchObject({ host: "http://127.0.0.1:1", accountId: 54321 });
  });
});
