import {
  completionTriggerAddress,
  environmentVariableOverrideAddress,
  jobAddress,
  JOB_KEY,
  notificationAddress,
  terraformJobName,
} from "../../../src/jobs/names";

describe("a job's key", () => {
  it.each(["a", "attribution", "ad-platform-sync", "a1-2b", "ltv2"])("may be %p", (key) => {
    expect(JOB_KEY.test(key)).toBe(true);
  });

  it.each(["", "A", "1a", "-a", "a-", "a--b", "a_b", "a.b", "a b", "a\n", "ä"])("may not be %p", (key) => {
    expect(JOB_KEY.test(key)).toBe(false);
  });
});

describe("the name of a Terraform-managed job", () => {
  it("is team, key and environment", () => {
    expect(terraformJobName({ team: "marketing-team", key: "attribution", environment: "production" })).toBe(
      "marketing-team-attribution-production",
    );
  });
});

describe("Terraform addresses", () => {
  it("are the key, so a new title moves nothing", () => {
    expect(jobAddress("ad-platform-sync")).toBe("ad-platform-sync");
    expect(completionTriggerAddress("ad-platform-sync")).toBe("ad-platform-sync");
  });

  it("distinguish the overrides of a job", () => {
    expect(environmentVariableOverrideAddress("ltv", "DBT_DAYS")).toBe("ltv_DBT_DAYS");
    expect(environmentVariableOverrideAddress("ltv", "DBT_A")).not.toBe(
      environmentVariableOverrideAddress("l", "DBT_A"),
    );
  });

  it("of recipients are stable, unique, and have only valid characters", () => {
    expect(notificationAddress("marketing-data@example.com")).toBe("recipient-851f4f42f813");
    expect(notificationAddress("a.b@example.com")).not.toBe(notificationAddress("a-b@example.com"));
    expect(notificationAddress("ä @!/\"'")).toMatch(/^recipient-[0-9a-f]{12}$/);
  });
});
