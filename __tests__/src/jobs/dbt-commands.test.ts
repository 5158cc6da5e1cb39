import { COMMON_FLAGS, DBT_COMMANDS } from "../../../src/jobs/dbt-commands";
import { refuseStep } from "../../../src/jobs/dbt-step";

const commands = [...DBT_COMMANDS].filter(([, { anyFlags }]) => !anyFlags);

describe("the dbt commands of a job", () => {
  it("are those that dbt Cloud runs, and no others", () => {
    expect([...DBT_COMMANDS.keys()]).toEqual([
      "build",
      "clone",
      "compile",
      "debug",
      "deps",
      "docs generate",
      "list",
      "ls",
      "parse",
      "retry",
      "run",
      "run-operation",
      "seed",
      "show",
      "snapshot",
      "source freshness",
      "source snapshot-freshness",
      "test",
      "compare",
      "sl",
    ]);
  });

  it.each(["build", "test", "run", "snapshot", "seed", "source freshness", "docs generate", "ls", "compile"])(
    "`%s` selects",
    (name) => {
      expect(DBT_COMMANDS.get(name)?.flags.get("--select")).toBe("many");
      expect(DBT_COMMANDS.get(name)?.flags.get("--exclude")).toBe("many");
      expect(DBT_COMMANDS.get(name)?.flags.get("--vars")).toBe("one");
    },
  );

  it.each(["build", "run", "seed", "compile", "clone", "retry"])("`%s` can refresh fully", (name) => {
    expect(DBT_COMMANDS.get(name)?.flags.get("--full-refresh")).toBe("switch");
  });

  it.each(["test", "source freshness", "docs generate", "snapshot", "ls"])("`%s` cannot refresh fully", (name) => {
    expect(DBT_COMMANDS.get(name)?.flags.has("--full-refresh")).toBe(false);
  });

  it("take no argument, except for the macro of `run-operation`", () => {
    expect(commands.filter(([, { words }]) => words > 0).map(([name]) => name)).toEqual(["run-operation"]);
  });

  it("of dbt Cloud only accept any flag", () => {
    expect([...DBT_COMMANDS].filter(([, { anyFlags }]) => anyFlags).map(([name]) => name)).toEqual(["compare", "sl"]);
    expect(refuseStep("dbt sl export --saved-query mine")).toBeUndefined();
  });

  it("accept all their listed flags, with their values, but not a profile of their own", () => {
    const steps = commands.flatMap(([name, { flags, words }]) =>
      [...flags, ...COMMON_FLAGS].map(([flag, arity]) =>
        [
          "dbt",
          name,
          ...(words > 0 ? ["macro"] : []),
          flag,
          ...(arity === "switch" ? [] : [flag === "--threads" ? "4" : "value"]),
        ].join(" "),
      ),
    );
    expect(steps.length).toBeGreaterThan(1000);
    const refused = steps.filter((step) => refuseStep(step));
    expect(refused).toEqual(steps.filter((step) => step.endsWith(" --profiles-dir value")));
  });
});

describe("the flags that all commands take", () => {
  it.each([
    ["--partial-parse", "switch"],
    ["--no-partial-parse", "switch"],
    ["--fail-fast", "switch"],
    ["-x", "switch"],
    ["--warn-error", "switch"],
    ["--warn-error-options", "one"],
    ["--target", "one"],
    ["-t", "one"],
    ["--state", "one"],
    ["--log-level", "one"],
  ])("%s is a %s", (flag, arity) => {
    expect(COMMON_FLAGS.get(flag)).toBe(arity);
  });

  it("are not listed again for single commands", () => {
    const twice = commands.flatMap(([name, { flags }]) =>
      [...flags.keys()].filter((flag) => COMMON_FLAGS.has(flag)).map((flag) => `${name} ${flag}`),
    );
    expect(twice).toEqual([]);
  });
});
