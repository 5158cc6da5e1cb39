import { GlobalConnection } from "@cdktf/provider-dbtcloud/lib/global-connection";
import { IpRestrictionsRule } from "@cdktf/provider-dbtcloud/lib/ip-restrictions-rule";
import { Job } from "@cdktf/provider-dbtcloud/lib/job";
import { DbtcloudProvider } from "@cdktf/provider-dbtcloud/lib/provider";
import { TerraformStack, Testing } from "cdktf";
import { writeNestedAttributesAsValues } from "../../../packages/provider-dbtcloud/nested-attributes-in-hcl";

describe("the HCL of a stack", () => {
  const stack = new TerraformStack(Testing.app(), "stack");
  new DbtcloudProvider(stack, "dbtcloud");
  new Job(stack, "job", {
    name: "Daily build",
    projectId: 1,
    environmentId: 2,
    executeSteps: ["dbt build"],
    triggers: { schedule: true },
    execution: { timeoutSeconds: 3600 },
    jobCompletionTriggerCondition: [{ jobId: 3, projectId: 1, statuses: ["success"] }],
  });
  new GlobalConnection(stack, "warehouse", {
    name: "Warehouse",
    redshift: {
      hostname: "warehouse.example.com",
      dbname: "analytics",
      sshTunnel: { hostname: "tunnel.example.com", port: 22, username: "dbt" },
    },
  });
  new GlobalConnection(stack, "lake", {
    name: "Lake",
    bigquery: { gcpProjectId: "lake", scopes: ["read", "write"] },
  });
  new IpRestrictionsRule(stack, "office", {
    name: "Office",
    type: "allow",
    ruleSetEnabled: true,
    cidrs: [{ cidr: "192.0.2.0/24" }, { cidr: "198.51.100.0/24" }],
  });
  const hcl = String(Testing.synthHcl(stack));

  it("has a job's triggers and execution as values", () => {
    expect(hcl).toMatch(/^triggers = \{\nschedule = true\n\}$/m);
    expect(hcl).toMatch(/^execution = \{\ntimeout_seconds = 3600\n\}$/m);
    expect(hcl).not.toMatch(/(triggers|execution) \{/);
  });

  it("has blocks as blocks", () => {
    expect(hcl).toMatch(/^job_completion_trigger_condition \{\njob_id = 3$/m);
  });

  it("has a value inside a value", () => {
    expect(hcl).toMatch(/^redshift = \{[^}]+^ssh_tunnel = \{\nhostname = "tunnel/m);
  });

  it("has a list inside a value", () => {
    expect(hcl).toMatch(/^scopes = \[\n"read",\n"write"\n\]$/m);
  });

  it("has a set of values", () => {
    expect(hcl).toMatch(/^cidrs = \[\n\{\ncidr = "192\.0\.2\.0\/24"\n\},\n\{\ncidr = /m);
  });
});

describe("writeNestedAttributesAsValues", () => {
  const source = `
protected synthesizeHclAttributes(): { [name: string]: any } {
  const attrs = {
    triggers: {
      value: jobTriggersToHclTerraform(this._triggers.internalValue),
      isBlock: true,
      type: "struct",
    },
  };
}
export function jobTriggersToHclTerraform(struct?: JobTriggers): any {
  const attrs = {
  };
}`;
  const triggers = {
    required: true,
    nested_type: { nesting_mode: "single" as const, attributes: {} },
  };

  it("changes only the nested attribute", () => {
    expect(
      writeNestedAttributesAsValues(source, {
        attributes: { triggers },
        block_types: {},
      }),
    ).toBe(source.replace("isBlock: true", "isBlock: false").replace('"struct"', '"list"'));
  });

  it("fails if a nested attribute of the schema is not at its place", () => {
    expect(() =>
      writeNestedAttributesAsValues(source, {
        attributes: { triggers, execution: triggers },
        block_types: {},
      }),
    ).toThrow('no HCL mapping of "execution"');
  });

  it("fails if the function that maps the content is missing", () => {
    expect(() =>
      writeNestedAttributesAsValues(source.replace("function jobTriggers", "function renamed"), {
        attributes: { triggers },
        block_types: {},
      }),
    ).toThrow("jobTriggersToHclTerraform");
  });

  it("fails if a block remains that the schema does not have", () => {
    expect(() =>
      writeNestedAttributesAsValues(source, {
        attributes: {},
        block_types: {},
      }),
    ).toThrow("triggers would be written as HCL blocks");
  });
});
