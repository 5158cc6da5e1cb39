import { readCommand } from "../../../../packages/local-dbt-cloud/execution/command";

/** The arguments of dbt, or the words of the refusal. */
function read(step: string): unknown {
  const command = readCommand(step);
  return "refusal" in command ? command.refusal : command.args;
}

describe("a step's command", () => {
  it.each([
    ["dbt build", ["build"]],
    ["  dbt   build\t--select  tag:a   tag:b ", ["build", "--select", "tag:a", "tag:b"]],
    [`dbt run --vars '{"a": "b c"}'`, ["run", "--vars", '{"a": "b c"}']],
    [`dbt run --vars "{\\"a\\": 1}"`, ["run", "--vars", '{"a": 1}']],
    ["dbt run --select a\\ b''c", ["run", "--select", "a bc"]],
    ["dbt --warn-error --log-level debug build", ["--warn-error", "--log-level", "debug", "build"]],
    ["dbt source freshness --select source:a", ["source", "freshness", "--select", "source:a"]],
    ["dbt docs generate", ["docs", "generate"]],
    ["dbt build --select '$(touch x)'", ["build", "--select", "$(touch x)"]],
  ])("%p is split into words like in a shell", (step, args) => {
    expect(read(step)).toEqual(args);
  });

  it.each([
    ["rm -rf /", "it is not a dbt command"],
    ["", "it is not a dbt command"],
    ["/bin/dbt build", "it is not a dbt command"],
    ["dbt", "jobs run dbt build, "],
    ["dbt init", "jobs run dbt build, "],
    ["dbt docs serve", "jobs run dbt build, "],
    ["dbt clean", "jobs run dbt build, "],
    ["dbt source", "jobs run dbt build, "],
    ["dbt --log-level build init", "jobs run dbt build, "],
    ["dbt build && curl x", "`&&` is shell syntax"],
    ["dbt build > x", "`>` is shell syntax"],
    ["dbt build --select 'a", "a quotation mark is not closed"],
    ["dbt build \\", "it ends with a backslash"],
    ["dbt build --profiles-dir x", "--profiles-dir is set by the run itself"],
    ["dbt build --target-path=x", "--target-path is set by the run itself"],
  ])("%p is refused", (step, reason) => {
    expect(read(step)).toContain(`\`${step}\` is not run: ${reason}`);
  });
});
