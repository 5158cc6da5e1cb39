import type { FailedNode, Run } from "../../../../src/dbt-cloud/runs";
import { failureLines } from "../../../../src/job-manager/runs/failure-text";

const UNIT_TEST: FailedNode = {
  node: "unit_test.shop.totals.counts_orders",
  status: "fail",
  message: "actual differs from expected:\n\n@@,name,orders\r\n\u001b[31m→ ,a   ,3→2\u001b[0m",
  query: null,
};
const MODEL: FailedNode = {
  node: "model.shop.bad",
  status: "error",
  message:
    'Runtime Error in model bad (models/bad.sql)\n  Parser Error: syntax error at or near ","\n  \n  LINE 5:     select name,, 1 as x\n                          ^',
  query: null,
};
const DATA_TEST: FailedNode = {
  node: "test.shop.not_null_orders_id.84ef11d8fe",
  status: "fail",
  message: "Got 1 result, configured to fail if != 0",
  query: 'select id\nfrom "x"."main"."orders"\nwhere id is null',
};

/** The end of the log that dbt 1.11 prints for these nodes. */
const LOG = `07:52:42  Failure in model bad (models/bad.sql)
07:52:42    Runtime Error in model bad (models/bad.sql)
07:52:42    compiled code at target/compiled/shop/models/bad.sql
07:52:42  Failure in unit_test counts_orders (models/schema.yml)
07:52:42    compiled code at target/compiled/shop/models/schema.yml/models/counts_orders.sql
07:52:42  Failure in test without_code (models/schema.yml)
07:52:42  Failure in test not_null_orders_id (models/schema.yml)
\u001b[33m07:52:42    compiled code at target/compiled/shop/models/schema.yml/not_null_orders_id.sql\u001b[0m
`;

const run = (logs: string | null): Run =>
  ({ run_steps: [{ index: 1, name: "dbt build", status: 20, status_humanized: "Error", logs }] }) as unknown as Run;

describe("the reason of a failure", () => {
  it("of a unit test has the difference of the rows", () => {
    expect(failureLines([UNIT_TEST], [], run(LOG))).toEqual([
      "unit_test.shop.totals.counts_orders  actual differs from expected:",
      "",
      "    @@,name,orders",
      "    → ,a   ,3→2",
      "    compiled code at target/compiled/shop/models/schema.yml/models/counts_orders.sql",
    ]);
  });

  it("of a model has the database's line, and the caret below the same character", () => {
    const lines = failureLines([MODEL], [], run(LOG));
    expect(lines).toEqual([
      "model.shop.bad  Runtime Error in model bad (models/bad.sql)",
      '      Parser Error: syntax error at or near ","',
      "",
      "      LINE 5:     select name,, 1 as x",
      "                              ^",
      "    compiled code at target/compiled/shop/models/bad.sql",
    ]);
    expect(lines[3]![lines[4]!.indexOf("^")]).toBe(",");
  });

  it("of a data test has the query of the failing rows and its path", () => {
    expect(failureLines([DATA_TEST], [], run(LOG))).toEqual([
      "test.shop.not_null_orders_id.84ef11d8fe  Got 1 result, configured to fail if != 0",
      "    compiled code at target/compiled/shop/models/schema.yml/not_null_orders_id.sql",
      "    query of the failing rows:",
      "        select id",
      '        from "x"."main"."orders"',
      "        where id is null",
    ]);
  });

  it("has a path only when the log has it, and only once", () => {
    const without = { ...MODEL, node: "test.shop.without_code", message: "x" };
    const itself = { ...MODEL, message: "x\ncompiled code at target/run/bad.sql" };
    expect(failureLines([without], [], run(LOG))).toEqual(["test.shop.without_code  x"]);
    expect(failureLines([MODEL], [], run(null)).at(-1)).toMatch(/\^$/);
    expect(failureLines([itself], [], run(LOG)).slice(1)).toEqual(["    compiled code at target/run/bad.sql"]);
  });

  it("is shortened when a message or a query is long, with the number of hidden lines", () => {
    const long = Array.from({ length: 60 }, (_, i) => String(i)).join("\n");
    const lines = failureLines([{ ...DATA_TEST, message: long, query: long }], [], run(null));
    expect(lines.filter((line) => line.includes("more lines"))).toEqual([
      "    … 19 more lines",
      "        … 20 more lines",
    ]);
  });

  it("is the log when no test and no model failed", () => {
    expect(failureLines([], ["Encountered an error:", "Parsing Error"], run(LOG))).toEqual([
      "Encountered an error:",
      "Parsing Error",
    ]);
  });
});
