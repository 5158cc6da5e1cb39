import fc from "fast-check";
import { withoutCredentials, withoutSecrets } from "../../../src/env-files/secrets";

describe("credentials by their form", () => {
  it.each([
    ["https://user:password@gitlab.example.com/x.git", "https://***@gitlab.example.com/x.git"],
    ["https://oauth2-token@gitlab.example.com/x.git", "https://***@gitlab.example.com/x.git"],
    ["https://user:p@ss/word@host/x", "https://***@host/x"],
    ['{"a":"https://u:p@h","b":"http://v:q@i"}', '{"a":"https://***@h","b":"http://***@i"}'],
    ["token dbtc_AbC-123_def456, dbtu_abcdefgh!", "token ***, ***!"],
    ["DBT_CLOUD_TOKEN=dbtc_abcdefghijkl", "DBT_CLOUD_TOKEN=***"],
    ["xdbtc_abcdefgh, 1_dbtu_abcdef", "x***, 1_***"],
    ["dbtc_ab+cd/ef==. Then", "***. Then"],
  ])("are hidden in %j", (text, expected) => {
    expect(withoutCredentials(text)).toBe(expected);
  });

  it.each([
    "https://cloud.getdbt.com/api",
    "git@gitlab.example.com:marketing/analytics.git",
    "marketing-data@example.com",
    "dbt_production and dbtc_ and dbt build",
    "https://host/a b@c",
  ])("are not seen in %j", (text) => {
    expect(withoutCredentials(text)).toBe(text);
  });

  it("are found quickly in a megabyte", () => {
    const text = "/".repeat(1_000_000);
    expect(withoutCredentials(text)).toBe(text);
  });
});

describe("secrets of the process's environment", () => {
  it.each([
    "DBTCLOUD_TOKEN",
    "DBT_CLOUD_TOKEN",
    "TF_HTTP_PASSWORD",
    "TF_VAR_redshift_password",
    "DBT_ENV_SECRET_GIT",
    "AWS_SECRET_ACCESS_KEY",
    "SSH_PRIVATE_KEY",
    "SOME_API_KEY",
    "npm_token",
  ])("are hidden by the name of %s", (name) => {
    expect(withoutSecrets("a hunter22 b hunter22", { [name]: "hunter22" })).toBe("a *** b ***");
  });

  it("are hidden without the spaces and line breaks around them", () => {
    const env = { DBTCLOUD_TOKEN: " hunter22-token\n" };
    expect(withoutSecrets("Token hunter22-token, sent", env)).toBe("Token ***, sent");
  });

  it("are not values of other variables, and not very short values", () => {
    const env = { HOME: "hunter22", DBTCLOUD_TOKEN: "", CI_JOB_TOKEN: "short", NPM_TOKEN: undefined };
    expect(withoutSecrets("hunter22 short", env)).toBe("hunter22 short");
  });

  it("are hidden completely if one contains another", () => {
    const env = { A_TOKEN: "hunter22", B_TOKEN: "hunter22-and-more" };
    expect(withoutSecrets("x hunter22-and-more y hunter22", env)).toBe("x *** y ***");
  });

  it("are hidden where JSON escapes them", () => {
    const password = 'a"b\\c\nd-é';
    const env = { TF_HTTP_PASSWORD: password };
    expect(withoutSecrets(JSON.stringify({ got: password }), env)).toBe('{"got":"***"}');
    expect(withoutSecrets(JSON.stringify({ got: JSON.stringify(password) }), env)).toBe('{"got":"\\"***\\""}');
    expect(withoutSecrets(password, env)).toBe("***");
  });

  it("are hidden where a report truncates them", () => {
    const env = { DBTCLOUD_TOKEN: "abcdefghijklmnop" };
    expect(withoutSecrets('got: "a value: abcdefghij…', env)).toBe('got: "a value: ***…');
    expect(withoutSecrets("abcde…", env)).toBe("abcde…");
  });

  it("are in no text afterwards, at any position", () => {
    const secret = fc
      .string({ unit: "grapheme-ascii", minLength: 6, maxLength: 20 })
      .filter((text) => !/[*]/.test(text));
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(secret, { minLength: 1, maxLength: 3 }),
        fc.string(),
        (before, secrets, after) => {
          const env = Object.fromEntries(secrets.map((value, i) => [`T${i}_TOKEN`, value]));
          const text = withoutSecrets(before + secrets.join(" ") + JSON.stringify(secrets) + after, env);
          expect(secrets.filter((value) => text.includes(value))).toEqual([]);
        },
      ),
      { seed: 8, numRuns: 300 },
    );
  });
});
