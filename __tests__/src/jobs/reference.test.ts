import { environmentIdByName, referencedId } from "../../../src/jobs/reference";

describe("the id of a reference", () => {
  it.each([
    ["an id", { id: 7 }, 7],
    ["an object that Terraform makes", { managed: {} }, undefined],
    ["nothing", undefined, undefined],
  ])("with %s", (_, reference, id) => {
    expect(referencedId(reference)).toBe(id);
  });
});

describe("the id of an environment by its name", () => {
  const environments = [
    { name: "production", environment: { id: 302 } },
    { name: "staging", environment: { managed: {} } },
    { name: "draft" },
  ];

  it.each([
    ["production", 302],
    ["staging", undefined],
    ["draft", undefined],
    ["prod", undefined],
  ])("for %s is %p", (name, id) => {
    expect(environmentIdByName(environments, name)).toBe(id);
  });
});
