import { environmentDefinition } from "../support/definitions";
import { synthesizeEnvironment } from "../support/synthesis";

function backendOf(name: string, stateUrl?: string): unknown {
  const json = synthesizeEnvironment(environmentDefinition({ name }), { TF_STATE_URL: stateUrl });
  return (json as { terraform: { backend: unknown } }).terraform.backend;
}

describe("addStateBackend", () => {
  it("keeps the state in a file of the project, outside cdktf.out", () => {
    expect(backendOf("staging")).toEqual({ local: { path: "../../../state/staging.tfstate" } });
  });

  it("gives each stack separate addresses below the state URL, without credentials", () => {
    const url = "https://gitlab.example.com/api/v4/projects/7/terraform/state";
    expect(backendOf("staging", url)).toEqual({
      http: {
        address: `${url}/staging`,
        lock_address: `${url}/staging/lock`,
        lock_method: "POST",
        unlock_address: `${url}/staging/lock`,
        unlock_method: "DELETE",
      },
    });
    const addresses = ["staging", "production"].flatMap((name) => {
      const { http } = backendOf(name, url) as { http: Record<string, string> };
      return [http["address"], http["lock_address"]];
    });
    expect(new Set(addresses).size).toBe(4);
  });
});
