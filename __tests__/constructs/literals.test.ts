import { literals } from "../../constructs/literals";
import { environmentDefinition, jobDefinition } from "../support/definitions";
import { synthesizeEnvironment } from "../support/synthesis";

describe("literals", () => {
  it("escapes templates at every depth, and changes nothing else", () => {
    expect(literals({ a: "${x} %{y} $x {z} $${w}", b: [{ c: "100%" }, 1, null, true], d: undefined })).toEqual({
      a: "$${x} %%{y} $x {z} $$${w}",
      b: [{ c: "100%" }, 1, null, true],
      d: undefined,
    });
  });

  it("is applied to all texts of an env file that Terraform reads", () => {
    const text = "a${b}%{c}";
    const json = JSON.stringify(
      synthesizeEnvironment(
        environmentDefinition({
          git_branch: text,
          project: {
            managed: {
              name: text,
              description: text,
              repository: { remote_url: `git@h:${text}` },
              connection: { name: text, hostname: "h", dbname: text },
            },
          },
          environment: {
            managed: {
              name: text,
              deployment_type: "production",
              credential: { username: text, default_schema: "marketing" },
              extended_attributes: { role: text },
            },
          },
          environment_variables: { DBT_A: text },
          notifications: [{ on: ["failure"], user_id: 1, slack_channel: { id: text, name: text } }],
          jobs: {
            daily: jobDefinition({
              description: text,
              owner: text,
              target_name: text,
              environment_variables: { DBT_A: text },
            }),
          },
        }),
      ),
    );
    expect(json.match(/a\$\$\{b\}%%\{c\}/g)).toHaveLength(16);
    expect(json).not.toMatch(/a\$\{b\}/);
  });
});
