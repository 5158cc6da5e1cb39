import type { DataDiff } from "../../../../src/data-diff/data-diff";
import { dataDiffMarkdown, dataDiffText } from "../../../../src/job-manager/output/data-diff-text";

const DIFF: DataDiff = {
  base: "0123456789abcdef",
  built: ["stg_orders", "orders"],
  unchanged: 30,
  kpis: [{ label: "Revenue", unit: "dollars", before: 1000, after: 950.5 }],
  failures: [{ name: "orders_add_up", status: "fail", message: "Got 1 result\nmore" }],
  readers: { orders: ["Order *report*"], old: [] },
  marts: [
    {
      status: "compared",
      name: "orders",
      by_key: true,
      rows: { base: 100, head: 99, added: 1, lost: 2, changed: 3 },
      schema: { added: ["note"], removed: ["memo"], retyped: [{ name: "amount", before: "DOUBLE", after: "INTEGER" }] },
      columns: [
        {
          name: "amount",
          changed: 3,
          largest: 1234.5,
          mean: -0.25,
          examples: [{ key: [7, "a\u001b[31m"], before: 1234.5, after: null }],
        },
      ],
    },
    { status: "removed", name: "old" },
  ],
};

describe("a data diff", () => {
  it("is text that starts with the outcome and the KPIs", () => {
    expect(dataDiffText(DIFF).split("\n")).toEqual([
      "2 models and seeds built again, compared with 01234567: 2 marts differ, 30 unchanged; 1 test or model failed.",
      "",
      "KPIs",
      "  Revenue: 1,000 dollars → 950.5 dollars (-4.95 %)",
      "",
      "Failed",
      "  orders_add_up: fail, Got 1 result",
      "",
      "orders",
      "  rows: 1 added, 2 lost, 3 changed of 100",
      "  new columns: note",
      "  columns that are gone: memo",
      "  type of amount: DOUBLE → INTEGER",
      "  amount: 3 rows, by 1,234.5 at most and -0.25 on average; 7, a\\u001b[31m: 1,234.5 → (none)",
      "  read by: Order *report*",
      "",
      "old",
      "  this mart is gone",
    ]);
  });

  it("is Markdown whose texts format nothing", () => {
    expect(dataDiffMarkdown(DIFF)).toContain("- read by: Order \\*report\\*");
    expect(dataDiffMarkdown(DIFF)).toContain("**`orders`**");
  });

  it("says in one line that nothing changed", () => {
    const none = { ...DIFF, marts: [], kpis: [], failures: [] };
    expect(dataDiffText({ ...none, built: ["orders"] })).toBe(
      "1 model or seed built again, compared with 01234567: no difference in any of 30 marts.",
    );
    expect(dataDiffText({ ...none, built: [] })).toBe("No model or seed changed, compared with 01234567.");
  });
});
