import { ConfigurationError, type Problem } from "../../../src/env-files/problem";
import type { ProcessEnvironment } from "../../../src/env-files/process-environment";
import { readSettings } from "../../../src/env-files/settings";

const NOTHING = {
  accountId: undefined,
  host: "https://cloud.getdbt.com",
  hostIsDefault: true,
  projectId: undefined,
  environmentId: undefined,
  team: undefined,
  stateUrl: undefined,
  tokenOnlyInOurSpelling: false,
};

function problemsOf(env: ProcessEnvironment): readonly Problem[] {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe("settings", () => {
  it("are empty by default", () => {
    expect(readSettings({})).toStrictEqual(NOTHING);
  });

  it("treat empty values and spaces as unset", () => {
    const env = { DBTCLOUD_ACCOUNT_ID: "", DBTCLOUD_HOST_URL: " ", PROJECT_ID: "", TEAM_NAME: "\t", TF_STATE_URL: "" };
    expect(readSettings(env)).toStrictEqual(NOTHING);
  });

  it("are read from all variables", () => {
    expect(
      readSettings({
        DBTCLOUD_ACCOUNT_ID: "12345",
        DBTCLOUD_HOST_URL: "https://emea.dbt.com",
        PROJECT_ID: " 102 ",
        ENVIRONMENT_ID: "999",
        TEAM_NAME: "marketing-team",
        TF_STATE_URL: "https://gitlab.example.com/api/v4/projects/1/terraform/state/",
      }),
    ).toStrictEqual({
      accountId: 12345,
      host: "https://emea.dbt.com",
      hostIsDefault: false,
      projectId: 102,
      environmentId: 999,
      team: "marketing-team",
      stateUrl: "https://gitlab.example.com/api/v4/projects/1/terraform/state",
      tokenOnlyInOurSpelling: false,
    });
  });

  it("contain no token", () => {
    const env = { DBTCLOUD_TOKEN: "dbtc_planted_token", TF_HTTP_PASSWORD: "planted_password" };
    expect(JSON.stringify(readSettings(env))).not.toContain("planted");
  });
});

describe("the two spellings", () => {
  it.each(["DBTCLOUD", "DBT_CLOUD"])("%s_… are both read", (prefix) => {
    const env = { [`${prefix}_ACCOUNT_ID`]: "7", [`${prefix}_HOST_URL`]: "https://emea.dbt.com/api" };
    expect(readSettings(env)).toMatchObject({ accountId: 7, host: "https://emea.dbt.com", hostIsDefault: false });
  });

  it("may both be set to the same", () => {
    const env = {
      DBTCLOUD_ACCOUNT_ID: "7",
      DBT_CLOUD_ACCOUNT_ID: "7",
      DBTCLOUD_HOST_URL: "https://emea.dbt.com/",
      DBT_CLOUD_HOST_URL: "https://emea.dbt.com/api",
    };
    expect(readSettings(env)).toMatchObject({ accountId: 7, host: "https://emea.dbt.com" });
  });

  it("may not differ", () => {
    const env = {
      DBTCLOUD_ACCOUNT_ID: "7",
      DBT_CLOUD_ACCOUNT_ID: "8",
      DBTCLOUD_HOST_URL: "https://user:pass@emea.dbt.com",
      DBT_CLOUD_HOST_URL: "https://us1.dbt.com",
    };
    expect(problemsOf(env)).toEqual([
      {
        file: "environment",
        path: "DBTCLOUD_HOST_URL",
        reason: "DBTCLOUD_HOST_URL and DBT_CLOUD_HOST_URL differ",
        got: "https://***@emea.dbt.com and https://us1.dbt.com",
        allowed: "one value in both spellings",
        fix: "unset one of the two",
      },
      {
        file: "environment",
        path: "DBTCLOUD_ACCOUNT_ID",
        reason: "DBTCLOUD_ACCOUNT_ID and DBT_CLOUD_ACCOUNT_ID differ",
        got: "7 and 8",
        allowed: "one value in both spellings",
        fix: "unset one of the two",
      },
    ]);
  });

  it.each([
    [{}, false],
    [{ DBTCLOUD_TOKEN: "dbtc_x" }, true],
    [{ DBT_CLOUD_TOKEN: "dbtc_x" }, false],
    [{ DBTCLOUD_TOKEN: "dbtc_x", DBT_CLOUD_TOKEN: "dbtc_x" }, false],
    [{ DBTCLOUD_TOKEN: "dbtc_x", DBT_CLOUD_TOKEN: "" }, true],
  ])("of the token in %j: only ours is %p", (env, only) => {
    expect(readSettings(env).tokenOnlyInOurSpelling).toBe(only);
  });
});

describe("the host", () => {
  it.each([
    "https://emea.dbt.com",
    "https://emea.dbt.com/",
    "https://emea.dbt.com//",
    "https://emea.dbt.com/api",
    "https://emea.dbt.com/api/",
  ])("is the same as %s", (DBTCLOUD_HOST_URL) => {
    expect(readSettings({ DBTCLOUD_HOST_URL }).host).toBe("https://emea.dbt.com");
  });

  it.each(["https://emea.dbt.com/deploy/1", "https://emea.dbt.com/api/v2"])(
    "refuses a page of dbt Cloud: %s",
    (url) => {
      expect(problemsOf({ DBT_CLOUD_HOST_URL: url })).toEqual([
        {
          file: "environment",
          path: "DBT_CLOUD_HOST_URL",
          reason: "DBT_CLOUD_HOST_URL names a page of dbt Cloud",
          got: url,
          allowed: "the host alone, with or without /api",
          fix: "set it to https://emea.dbt.com",
        },
      ]);
    },
  );

  it.each([
    "http://emea.dbt.com",
    "http://10.0.0.1:8080",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
  ])("is not %s, because the token would not be encrypted", (DBTCLOUD_HOST_URL) => {
    expect(problemsOf({ DBTCLOUD_HOST_URL })).toEqual([
      {
        file: "environment",
        path: "DBTCLOUD_HOST_URL",
        reason: "DBTCLOUD_HOST_URL would send the token without encryption",
        got: DBTCLOUD_HOST_URL,
        allowed: "an https URL, or http to this machine",
        fix: `set it to ${DBTCLOUD_HOST_URL.replace("http:", "https:")}, or set DBTCLOUD_ALLOW_HTTP=1 if you trust the network`,
      },
    ]);
    expect(readSettings({ DBTCLOUD_HOST_URL, DBTCLOUD_ALLOW_HTTP: "1" }).host).toBe(DBTCLOUD_HOST_URL);
  });

  it.each(["http://localhost:8080", "http://[::1]:8080", "http://127.1.2.3", "http://cloud.localhost"])(
    "may be this machine over http: %s",
    (DBTCLOUD_HOST_URL) => {
      expect(readSettings({ DBTCLOUD_HOST_URL }).host).toBe(DBTCLOUD_HOST_URL);
    },
  );

  it("may be on loopback, with a port", () => {
    expect(readSettings({ DBTCLOUD_HOST_URL: "http://127.0.0.1:8080/api" }).host).toBe("http://127.0.0.1:8080");
  });

  it.each([
    ["emea.dbt.com", "DBTCLOUD_HOST_URL is not a URL", "emea.dbt.com"],
    ["ftp://emea.dbt.com", "DBTCLOUD_HOST_URL is not a URL", "ftp://emea.dbt.com"],
    ["https://emea.dbt.com?x=1", "DBTCLOUD_HOST_URL has more than an address", "https://emea.dbt.com?***"],
    ["https://emea.dbt.com/#x", "DBTCLOUD_HOST_URL has more than an address", "https://emea.dbt.com/#x"],
    ["https://user:pass@emea.dbt.com", "DBTCLOUD_HOST_URL has credentials", "https://***@emea.dbt.com"],
    ["https://token@emea.dbt.com", "DBTCLOUD_HOST_URL has credentials", "https://***@emea.dbt.com"],
    ["https://user:pa/ss@emea.dbt.com", "DBTCLOUD_HOST_URL is not a URL", "https://***@emea.dbt.com"],
  ])("is not %s", (DBTCLOUD_HOST_URL, reason, got) => {
    expect(problemsOf({ DBTCLOUD_HOST_URL })).toEqual([
      {
        file: "environment",
        path: "DBTCLOUD_HOST_URL",
        reason,
        got,
        allowed: "an http or https URL without credentials or query",
        fix: "set it to a URL such as https://cloud.getdbt.com",
      },
    ]);
  });
});

describe("the state's URL", () => {
  it("carries no credentials: they have variables of their own", () => {
    expect(problemsOf({ TF_STATE_URL: "https://u:p@gitlab.example.com/state" })).toEqual([
      {
        file: "environment",
        path: "TF_STATE_URL",
        reason: "TF_STATE_URL has credentials",
        got: "https://***@gitlab.example.com/state",
        allowed: "an http or https URL without credentials or query",
        fix: "set it to a URL such as https://gitlab.example.com/api/v4/projects/1/terraform/state",
      },
    ]);
  });
});

describe("ids", () => {
  it.each(["0", "-1", "1.5", "abc", "007", "1e3", "0x1", "12345678901234567", "1 2", "dbtc_abcdefghijkl"])(
    "are not %p",
    (value) => {
      const names = ["DBTCLOUD_ACCOUNT_ID", "PROJECT_ID", "ENVIRONMENT_ID"];
      expect(problemsOf(Object.fromEntries(names.map((name) => [name, value])))).toEqual(
        names.map((name) => ({
          file: "environment",
          path: name,
          reason: `${name} is not an id`,
          got: value.startsWith("dbtc_") ? "***" : value,
          allowed: "a whole number from 1",
          fix: `set ${name} to the number that dbt Cloud shows in its URLs`,
        })),
      );
    },
  );
});

describe("the team", () => {
  it.each(["Marketing Team", "marketing_team", "-team", "team-", "1team"])("is not %p", (TEAM_NAME) => {
    expect(problemsOf({ TEAM_NAME })).toEqual([
      {
        file: "environment",
        path: "TEAM_NAME",
        reason: "TEAM_NAME cannot be the start of a job's name",
        got: TEAM_NAME,
        allowed: "lower case letters and digits, words joined by single hyphens, starting with a letter",
        fix: "set TEAM_NAME to a name such as marketing-team",
      },
    ]);
  });
});

describe("several invalid variables", () => {
  it("are reported at once", () => {
    const env = { DBTCLOUD_HOST_URL: "x", PROJECT_ID: "y", TF_STATE_URL: "z", TEAM_NAME: "Z" };
    expect(problemsOf(env).map(({ path }) => path)).toEqual([
      "DBTCLOUD_HOST_URL",
      "PROJECT_ID",
      "TEAM_NAME",
      "TF_STATE_URL",
    ]);
  });
});
