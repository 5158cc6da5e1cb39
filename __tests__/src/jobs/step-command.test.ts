import { commandOf } from "../../../src/jobs/step-command";

describe("the command and the flags of a step", () => {
  it.each([
    ["dbt build --select tag:a tag:b", "build", [["--select", "tag:a", "tag:b"]]],
    ["dbt --warn-error source freshness -s source:x", "source freshness", [["--warn-error"], ["-s", "source:x"]]],
    ["dbt docs generate", "docs generate", []],
    [
      "dbt run --full-refresh --threads 4 --exclude=x",
      "run",
      [["--full-refresh"], ["--threads", "4"], ["--exclude", "x"]],
    ],
    [`dbt run --vars '{a: "b c"}' -f`, "run", [["--vars", '{a: "b c"}'], ["-f"]]],
    [`dbt run --vars "{\\"a\\": 1}"`, "run", [["--vars", '{"a": 1}']]],
    [
      "dbt run --event-time-start 2024-01-01 --select a",
      "run",
      [
        ["--event-time-start", "2024-01-01"],
        ["--select", "a"],
      ],
    ],
  ])("%s", (step, name, flags) => {
    expect(commandOf(step)).toEqual({ name, flags: flags.map(([flag, ...values]) => ({ name: flag, values })) });
  });
});
