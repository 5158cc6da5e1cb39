import { dataDiffPage } from "../../../../src/job-manager/output/data-diff-page";
import { dataDiffMarkdown, dataDiffText, type DataDiffReport } from "../../../../src/job-manager/output/data-diff-text";

const DIFF: DataDiffReport = {
  base: "0123456789abcdef",
  built: ["stg_orders", "orders"],
  unchanged: 30,
  kpis: [{ label: "Revenue", unit: "dollars", before: 1000, after: 950.5 }],
  failures: [{ name: "orders_add_up", status: "fail", message: "Got 1 result\nmore" }],
  contracts: [
    { mart: "orders", column: null, before: "not enforced", after: "enforced" },
    { mart: "orders", column: "note", before: null, after: "varchar(20)" },
  ],
  tests: { added: ["orders_add_up"], removed: ["old_is_empty"] },
  jobs: { value: new Map([["orders", { built_by: ["production/core"], read_by: ["production/ltv", "staging/ltv"] }]]) },
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
      "Contracts",
      "  orders: not enforced → enforced",
      "  orders.note: (none) → varchar(20)",
      "",
      "New tests",
      "  orders_add_up",
      "",
      "Tests that are gone",
      "  old_is_empty",
      "",
      "orders",
      "  rows: 1 added, 2 lost, 3 changed of 100",
      "  new columns: note",
      "  columns that are gone: memo",
      "  type of amount: DOUBLE → INTEGER",
      "  amount: 3 rows, by 1,234.5 at most and -0.25 on average; 7, a\\u001b[31m: 1,234.5 → (none)",
      "  read by: Order *report*",
      "  read by the jobs: production/ltv, staging/ltv",
      "  built by the jobs: production/core",
      "",
      "old",
      "  this mart is gone",
    ]);
  });

  it("says why the jobs are not known", () => {
    expect(dataDiffText({ ...DIFF, jobs: { unknown: "dbt is not in .venv" } })).toContain(
      "Jobs\n  the jobs are not known: dbt is not in .venv",
    );
  });

  it("is a page that loads nothing, and in which no text is HTML", () => {
    const hostile = "<img src=x onerror=alert(1)>";
    const page = dataDiffPage(
      { ...DIFF, readers: { orders: [hostile] }, tests: { added: [hostile], removed: [] } },
      new Date("2026-01-02T03:04:05Z"),
    );
    expect(page).not.toContain("<img");
    expect(page.split("&lt;img src=x onerror=alert(1)&gt;")).toHaveLength(3);
    expect(page).not.toMatch(/<script|https?:|url\(/);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain("7, a\\u001b[31m: 1,234.5 → (none)");
    expect(page).toContain("Written 2026-01-02T03:04:05.000Z");
  });

  it("is Markdown whose texts format nothing", () => {
    expect(dataDiffMarkdown(DIFF)).toContain("- read by: Order \\*report\\*");
    expect(dataDiffMarkdown(DIFF)).toContain("**`orders`**");
  });

  it("says in one line that nothing changed", () => {
    const none = { ...DIFF, marts: [], kpis: [], failures: [], contracts: [], tests: { added: [], removed: [] } };
    expect(dataDiffText({ ...none, built: ["orders"] })).toBe(
      "1 model or seed built again, compared with 01234567: no difference in any of 30 marts.",
    );
    expect(dataDiffText({ ...none, built: [] })).toBe("No model or seed changed, compared with 01234567.");
  });
});
