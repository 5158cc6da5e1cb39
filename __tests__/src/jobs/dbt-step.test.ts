import fc from "fast-check";
import { COMMON_FLAGS, DBT_COMMANDS } from "../../../src/jobs/dbt-commands";
import { refuseStep } from "../../../src/jobs/dbt-step";
import { refuseStepText } from "../../../src/jobs/step-text";

const COMMANDS =
  "dbt build, clone, compile, debug, deps, docs generate, list, ls, parse, retry, run, run-operation, seed, show, " +
  "snapshot, source freshness, source snapshot-freshness, test, compare, sl";

describe("a step is valid", () => {
  it.each([
    "dbt build",
    "dbt build --select tag:staging tag:core tag:attribution",
    "dbt build -s tag:core+ --exclude tag:slow --threads 8",
    "dbt build --select=tag:core --full-refresh",
    "dbt test --select 1+tag:executive,test_name:recency_freshness --exclude tag:executive",
    "dbt source freshness --select source:dbt_production",
    "dbt source freshness",
    "dbt --no-partial-parse build",
    "dbt --quiet --log-level debug --target=prod build --fail-fast",
    "dbt run-operation grant_select --args '{role: reporter}'",
    "dbt run-operation --args '{role: reporter}' grant_select",
    `dbt build --vars '{"note": "a; b && c | d > e $(f)"}'`,
    `dbt build --vars "{'window': 7; x}"`,
    'dbt build --vars "{\\"window\\": 7}"',
    "dbt build --select a\\;b",
    "dbt build --event-time-start -1",
    "dbt ls --resource-type model --output-keys name tags",
    "dbt docs generate --static",
    "dbt deps",
    "dbt\tbuild   --select  tag:core",
    "dbt build --vars '{name: käse 🧀}'",
  ])("%s", (step) => {
    expect(refuseStep(step)).toBeUndefined();
  });
});

describe("the profile of a step", () => {
  it.each([
    "dbt build --profiles-dir .",
    "dbt --profiles-dir=. build",
    "dbt run-operation grant_select --profiles-dir",
    "dbt deps --profiles-dir profiles",
  ])("is dbt Cloud's, so %p is refused", (step) => {
    expect(refuseStep(step)).toEqual({
      reason: "--profiles-dir replaces the profile that dbt Cloud makes for each run",
      allowed: "a step without --profiles-dir; --target chooses the target",
      fix: "remove --profiles-dir and its value",
    });
  });
});

describe("a step's text", () => {
  it("is checked before its words", () => {
    expect(refuseStep("rm -rf / && dbt biuld")).toEqual(refuseStepText("rm -rf / && dbt biuld"));
    expect(refuseStep("rm -rf / && dbt biuld")?.reason).toBe('"&&" is shell syntax, and no shell runs the step');
  });
});

describe("a step runs dbt", () => {
  it.each([
    ["rm -rf /", "rm"],
    ["sudo dbt build", "sudo"],
    ["DBT build", "DBT"],
    ["./dbt build", "./dbt"],
    ['"dbt" build', '"dbt"'],
    ["build", "build"],
  ])("not %p", (step, program) => {
    expect(refuseStep(step)).toEqual({
      reason: `a step starts with "dbt", not with "${program}"`,
      allowed: COMMANDS,
      fix: "write a dbt command, for example `dbt build --select tag:core`",
    });
  });

  it.each(["", "  "])("and is not empty: %p", (step) => {
    expect(refuseStep(step)).toEqual({
      reason: "the step is empty",
      allowed: COMMANDS,
      fix: "write a dbt command, for example `dbt build --select tag:core`",
    });
  });

  it.each(["dbt", "dbt --no-partial-parse", "dbt --target prod"])("with a command: %p", (step) => {
    expect(refuseStep(step)).toEqual({
      reason: "the dbt command is missing",
      allowed: COMMANDS,
      fix: "name the command, for example `dbt build`",
    });
  });

  it.each([
    ["dbt biuld", "biuld", "did you mean `dbt build`?"],
    ["dbt Build --select x", "Build", "did you mean `dbt build`?"],
    ["dbt --no-partial-parse biuld", "biuld", "did you mean `dbt --no-partial-parse build`?"],
    ["dbt docs", "docs", "did you mean `dbt docs generate`?"],
    ["dbt docs serve", "docs serve", "did you mean `dbt docs generate`?"],
    ["dbt source freshnes", "source freshnes", "did you mean `dbt source freshness`?"],
    ["dbt init", "init", "use one of these commands"],
    ["dbt clean", "clean", "use one of these commands"],
    ["dbt serve", "serve", "use one of these commands"],
  ])("with a command that exists, not %p", (step, command, fix) => {
    expect(refuseStep(step)).toEqual({ reason: `dbt has no job command "${command}"`, allowed: COMMANDS, fix });
  });
});

describe("a command's flags", () => {
  it("exist", () => {
    expect(refuseStep("dbt deps --upgrad")).toEqual({
      reason: "dbt deps has no flag --upgrad",
      allowed: "--project-dir, --vars, --lock, --upgrade, and the flags that all dbt commands take",
      fix: "did you mean --upgrade?",
    });
  });

  it("before the command are the flags of all commands", () => {
    expect(refuseStep("dbt --targt prod build")).toEqual({
      reason: "dbt has no flag --targt",
      allowed: "the flags that all dbt commands take",
      fix: "did you mean --target?",
    });
    expect(refuseStep("dbt --select tag:core build")).toMatchObject({ reason: "dbt has no flag --select" });
  });

  it.each([
    ["dbt build --sel tag:core", "dbt build has no flag --sel", "did you mean --select?"],
    ["dbt build --selct=tag:core", "dbt build has no flag --selct", "did you mean --select?"],
    ["dbt test --full-refresh", "dbt test has no flag --full-refresh", "remove --full-refresh"],
    ["dbt build -sfoo", "dbt build has no flag -sfoo", "remove -sfoo"],
    ["dbt build --", "dbt build has no flag --", "remove --"],
    ["dbt build --nonsense-and-more", "dbt build has no flag --nonsense-and-more", "remove --nonsense-and-more"],
  ])("exist, unlike that of %p", (step, reason, fix) => {
    expect(refuseStep(step)).toMatchObject({ reason, fix });
  });

  it.each([
    ["dbt build --threads", "--threads"],
    ["dbt build --select", "--select"],
    ["dbt build --select --full-refresh", "--select"],
    ["dbt build --select=", "--select"],
    ["dbt build -s", "-s"],
    ["dbt --target", "--target"],
    ["dbt --target= build", "--target"],
    ["dbt build --vars", "--vars"],
    ["dbt run-operation grant --args", "--args"],
  ])("have their value, unlike that of %p", (step, flag) => {
    expect(refuseStep(step)).toEqual({
      reason: `${flag} needs a value`,
      allowed: `${flag} VALUE`,
      fix: `write the value after ${flag}, or remove ${flag}`,
    });
  });

  it.each(["dbt build --threads -4", "dbt build --threads=0", "dbt build --threads four", "dbt build --threads '1.5'"])(
    "have as many threads as a whole number says, unlike that of %p",
    (step) => {
      expect(refuseStep(step)).toEqual({
        reason: "--threads is not a number of threads",
        allowed: "a whole number from 1",
        fix: "write for example --threads 4",
      });
    },
  );

  it("have quotation marks around a value with spaces", () => {
    expect(refuseStep("dbt build --vars {window: 7}")).toEqual({
      reason: "the value of --vars ends at its first space",
      allowed: "--vars '{name: value}'",
      fix: "put quotation marks around the value",
    });
  });

  it.each([
    [
      "dbt build --select tag:core, tag:ltv",
      "tag:core,",
      "remove the comma at its end: a comma without a space means both, a space means either",
    ],
    ["dbt build --exclude tag:", "tag:", "write the value after the colon"],
    [
      "dbt build -s 'tag:core,'",
      "tag:core,",
      "remove the comma at its end: a comma without a space means both, a space means either",
    ],
  ])("have whole selectors, unlike that of %p", (step, selector, fix) => {
    expect(refuseStep(step)).toEqual({
      reason: `the selector "${selector}" is incomplete`,
      allowed: "tag:core, or several selectors with spaces between them",
      fix,
    });
  });

  it.each([
    ["dbt build --full-refresh=true", "--full-refresh"],
    ["dbt --quiet=1 build", "--quiet"],
  ])("have no value if they are switches, unlike that of %p", (step, flag) => {
    expect(refuseStep(step)).toEqual({
      reason: `${flag} takes no value`,
      allowed: flag,
      fix: `write ${flag}, or remove it`,
    });
  });
});

describe("a word without a flag", () => {
  it.each([
    ["dbt build tag:core", "build", "tag:core", "did you mean `dbt build --select tag:core`?"],
    ["dbt build --full-refresh tag:core", "build", "tag:core", "did you mean `dbt build --select tag:core`?"],
    ["dbt build --select=a b", "build", "b", "did you mean `dbt build --select b`?"],
    ["dbt test --threads 4 8", "test", "8", "did you mean `dbt test --select 8`?"],
    ["dbt build # nightly", "build", "#", "did you mean `dbt build --select #`?"],
    ["dbt deps all", "deps", "all", 'remove "all"'],
    ["dbt run-operation grant now", "run-operation", "now", 'remove "now"'],
  ])("is refused in %p", (step, command, word, fix) => {
    expect(refuseStep(step)).toEqual({
      reason: `"${word}" belongs to no flag`,
      allowed: `dbt ${command} with flags`,
      fix,
    });
  });

  it.each(["dbt run-operation", "dbt run-operation --args '{a: 1}'"])("is needed in %p", (step) => {
    expect(refuseStep(step)).toEqual({
      reason: "dbt run-operation needs the name of a macro",
      allowed: "dbt run-operation MACRO",
      fix: "name the macro after the command",
    });
  });
});

describe("any step", () => {
  it.each(["build", "clone", "compile", "debug", "parse", "retry", "snapshot", "run-operation"])(
    "with two letters of `%s` swapped, the fix names the command",
    (name) => {
      const swapped = Array.from(
        { length: name.length - 1 },
        (_, i) => name.slice(0, i) + name.charAt(i + 1) + name.charAt(i) + name.slice(i + 2),
      );
      const fixes = swapped.filter((typed) => typed !== name).map((typed) => refuseStep(`dbt ${typed}`)?.fix);
      expect(new Set(fixes)).toEqual(new Set([`did you mean \`dbt ${name}\`?`]));
    },
  );

  it("is accepted, or refused with a message", () => {
    const known = [...DBT_COMMANDS.keys(), ...COMMON_FLAGS.keys(), "dbt", "--select", "--vars"];
    const word = fc.oneof(
      fc.constantFrom(...known),
      fc.string({ maxLength: 6 }),
      fc.constantFrom("'", '"', "\\", "=", "-", "--x=1", "'a b'"),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const refusal = refuseStep(words.join(" "));
        const said = refusal ? [refusal.reason, refusal.allowed, refusal.fix] : ["fine"];
        expect(said.filter((text) => text.trim() === "" || text.includes("undefined"))).toEqual([]);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it.each([
    ["quotation marks", "'\"".repeat(50_000)],
    ["backslashes", "\\".repeat(99_999)],
    ["backslashes within quotation marks", '"\\'.repeat(50_000)],
    ["words", "a ".repeat(50_000)],
    ["hyphens", "-".repeat(50_000)],
    ["flags without values", "--select ".repeat(20_000)],
  ])("100 kilobytes of %s are checked quickly", (_, text) => {
    expect(refuseStep(`dbt build ${text}`)).toBeDefined();
  });
});
