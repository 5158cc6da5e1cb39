import { join } from "node:path";
import { readSettings } from "../../../src/env-files/settings";
import { connect, localEnvironment } from "../../../src/job-manager/connection";
import type { ProcessEnvironment } from "../../../src/env-files/process-environment";
import { z } from "zod";
import { envFolder } from "../../support/env-folder";
import { scriptedServer, single, type ScriptedServer } from "../../support/scripted-server";
import { forwardProxy, type ForwardProxy } from "../../support/forward-proxy";
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

  it("uses the account and the token of the environment variables", async () => {
    await writeWith({});
    expect(server.lines()).toEqual(["POST /api/v2/accounts/7/jobs/"]);
    expect(server.asked[0]!.headers.authorization).toBe(`Token ${TOKEN}`);
  });

  it("accepts the provider's name for the token, and removes spaces around it", async () => {
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

  it.each(["dbtc_01234\n56789", "dbtc_01234 56789", "dbtc_ü123456789"])(
    "refuses a token with a space or another invalid character inside",
    (token) => {
      const message = messageOf({ DBTCLOUD_ACCOUNT_ID: "7", DBT_CLOUD_TOKEN: token });
      expect(message).toBe(
        [
          "environment  DBT_CLOUD_TOKEN: DBT_CLOUD_TOKEN has a space, a line break or another character inside that no token has",
          "  allowed: one line of letters, digits and signs",
          "  fix:     copy the token again, and set DBT_CLOUD_TOKEN to it alone",
          "",
          "1 problem",
        ].join("\n"),
      );
    },
  );

  describe("through a proxy", () => {
    let proxy: ForwardProxy;
    beforeEach(async () => {
      proxy = await forwardProxy();
    });
    afterEach(() => proxy.close());

    it.each(["HTTP_PROXY", "http_proxy"])("is used when %s names one", async (name) => {
      await writeWith({ [name]: proxy.url });
      expect([proxy.lines.length, server.asked.length]).toEqual([1, 1]);
    });

    it.each<Record<string, string>>([{ NO_PROXY: "127.0.0.1" }, { no_proxy: "*" }])(
      "is not used with %j",
      async (env) => {
        await writeWith({ HTTP_PROXY: proxy.url, ...env });
        expect([proxy.lines, server.asked.length]).toEqual([[], 1]);
      },
    );

    it("is not used for http when only HTTPS_PROXY names one", async () => {
      await writeWith({ HTTPS_PROXY: proxy.url });
      expect(proxy.lines).toEqual([]);
    });

    it("is not used when the token would leave this machine without encryption", async () => {
      await writeWith({ HTTP_PROXY: "http://proxy.invalid:3128" });
      expect(server.asked).toHaveLength(1);
    });

    it("needs a URL, and the message hides its password", () => {
      const account = { DBTCLOUD_ACCOUNT_ID: "7", DBTCLOUD_TOKEN: TOKEN };
      const message = messageOf({ ...account, HTTPS_PROXY: "socks5://user:hunter22@proxy.example.com" });
      expect(message).toContain(
        "environment  HTTPS_PROXY: HTTPS_PROXY is not the URL of a proxy\n  got:     socks5://***@",
      );
      expect(messageOf({ ...account, https_proxy: "proxy:3128" })).toContain("HTTPS_PROXY is not the URL of a proxy");
    });
  });

  it("needs an account and a token, and the message has the purpose of each", () => {
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
        HTTP_PROXY: "http://proxy.example.com:3128",
        no_proxy: "example.com",
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
