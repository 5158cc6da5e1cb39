import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { itIf } from "../support/requirement";
import { missingModule, python } from "./python";

const itWithDuckdb = itIf(missingModule("duckdb"));
const GENERATE = "dbt/sample-data/generate.py";
const SHIPPED = join(__dirname, "../../dbt/sample-data");
const folder = mkdtempSync(join(tmpdir(), "sample-data-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The first row of each query, asked of a DuckDB file with the sources. */
function rows(file: string, queries: readonly string[]): unknown[][] {
  const { stdout, stderr } = python("src/rehearsal/duckdb_rows.py", file, "use dbt_production", ...queries);
  if (stderr) throw new Error(stderr);
  return (JSON.parse(stdout) as unknown[][][]).slice(1).map(([row]) => row!);
}

function generated(name: string, ...args: readonly string[]): string {
  const file = join(folder, `${name}.duckdb`);
  expect(python(GENERATE, "--duckdb", file, ...args)).toEqual({ status: 0, stdout: "", stderr: "" });
  return file;
}

describe("the shipped data", () => {
  const csvFiles = (path: string): string[] => readdirSync(path).filter((name) => name.endsWith(".csv"));

  itWithDuckdb("equals the output of generate.py byte for byte, and is small", () => {
    expect(python(GENERATE, "--folder", folder)).toMatchObject({ status: 0 });
    expect(csvFiles(folder)).toEqual(csvFiles(SHIPPED));
    for (const file of csvFiles(SHIPPED)) {
      expect({ file, isEqual: readFileSync(join(SHIPPED, file)).equals(readFileSync(join(folder, file))) }).toEqual({
        file,
        isEqual: true,
      });
    }
    const core = ["customers.csv", "orders.csv", "payments.csv"].map((file) => statSync(join(SHIPPED, file)).size);
    expect(core.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000);
  });

  const orderAmounts = `(select o.*, coalesce(sum(p.amount), 0) as cents, count(p.id) as payments,
    coalesce(bool_or(p.payment_method in ('coupon', 'gift_card')), false) as is_promotional
    from orders o left join payments p on p.order_id = o.id group by all)`;
  const revenueOf = (key: string): string =>
    `(select ${key}, sum(cents) as cents from ${orderAmounts} where status = 'completed' group by ${key})`;
  /** Queries that count what an edge case is about. */
  const cases: Readonly<Record<string, string>> = {
    "customers without orders": "select count(*) from customers where id not in (select user_id from orders)",
    "customers with orders, none of them successful":
      "select count(*) from (select user_id from orders group by 1 having count_if(status = 'completed') = 0)",
    "customers whose first order came back":
      "select count(*) from (select user_id from orders group by 1 having arg_min(status, (order_date, id)) = 'returned')",
    "each of the five statuses": "select count(distinct status) - 4 from orders",
    "orders of pending and returned groups in the first year":
      "select count(*) from orders where status in ('shipped', 'returned') and order_date < date '2025-01-01'",
    "successful orders without payments": `select count(*) from ${orderAmounts} where payments = 0 and status = 'completed'`,
    "orders with three payments": `select count(*) from ${orderAmounts} where payments = 3`,
    "two payments by one method":
      "select count(*) from (select order_id, payment_method from payments group by all having count(*) = 2)",
    "coupons of 0": "select count(*) from payments where amount = 0 and payment_method = 'coupon'",
    "orders paid by gift card alone":
      "select count(*) from (select order_id from payments group by 1 having bool_and(payment_method = 'gift_card'))",
    "orders at the threshold on a working day": `select count(*) from ${orderAmounts} where cents = 10000 and not is_promotional and dayofweek(order_date) between 1 and 5`,
    "orders at the threshold, weekend": `select count(*) from ${orderAmounts} where cents = 10000 and dayofweek(order_date) in (0, 6)`,
    "orders at the threshold, promotional": `select count(*) from ${orderAmounts} where cents = 10000 and is_promotional`,
    "orders a cent below the threshold": `select count(*) from ${orderAmounts} where cents = 9999`,
    "several orders of a customer on one day":
      "select count(*) from (select user_id, order_date from orders group by all having count(*) > 1)",
    "an order with a smaller id but a later date":
      "select count(*) from orders a join orders b using (user_id) where a.id < b.id and a.order_date > b.order_date",
    "ties in money": `select count(*) from (select cents from ${revenueOf("user_id")} group by 1 having count(*) > 1)`,
    "products that tie in revenue": `select count(*) from (select cents from ${revenueOf("product_name")} where cents > 0 group by 1 having count(*) > 1)`,
    "a successful product without revenue": `select count(*) from ${revenueOf("product_name")} where cents = 0`,
    "a product that always came back":
      "select count(*) from (select product_name from orders group by 1 having bool_and(status in ('returned', 'return_pending')))",
    "customers away for more than a year": `select count(*) from (select order_date - lag(order_date) over (partition by user_id order by order_date) as days from orders)
       where days > 365`,
    "orders on the leap day": "select count(*) from orders where order_date = date '2024-02-29'",
    "orders on the last day of a month": "select count(*) from orders where order_date = last_day(order_date)",
    "orders on the first and on the last day":
      "select count(distinct order_date) - 1 from orders where order_date in (date '2024-01-01', date '2025-12-31')",
    "names with apostrophes": "select count(*) from customers where last_name like '%''%'",
    "names beyond ASCII": "select count(*) from customers where not regexp_matches(last_name, '^[ -~]*$')",
    "names with blanks around": "select count(*) from customers where last_name != trim(last_name)",
    "names that are missing": "select count(*) from customers where first_name is null and last_name is null",
  };

  itWithDuckdb("has every edge case", () => {
    const counts = rows(generated("shipped"), Object.values(cases)).map(([count]) => count as number);
    const absent = Object.keys(cases).filter((_, i) => !(counts[i]! > 0));
    expect(absent).toEqual([]);
  });

  itWithDuckdb("has about 1,000 customers, two years, sound keys and whole numbers of cents", () => {
    const [[customers], [orders, first, last], [orphanOrders], [orphanPayments], [negative]] = rows(
      generated("sound"),
      [
        "select count(distinct id) from customers having count(*) = count(distinct id)",
        "select count(distinct id), min(order_date), max(order_date) from orders having count(*) = count(distinct id)",
        "select count(*) from orders where user_id not in (select id from customers)",
        "select count(*) from payments where order_id not in (select id from orders)",
        "select count(*) from payments where amount < 0",
      ],
    ) as [[number], [number, string, string], [number], [number], [number]];
    expect(customers).toBeGreaterThan(900);
    expect(customers).toBeLessThan(1300);
    expect({ orders, first, last }).toEqual({ orders: 4500, first: "2024-01-01", last: "2025-12-31" });
    expect([orphanOrders, orphanPayments, negative]).toEqual([0, 0, 0]);
  });
});

describe("generate.py", () => {
  itWithDuckdb("makes the given number of orders, and other orders with another seed", () => {
    const digest = "select count(*), md5(string_agg(o::varchar, '' order by id)) from orders o";
    const [first] = rows(generated("first", "--orders", "20000"), [digest]);
    const [again] = rows(generated("again", "--orders", "20000"), [digest]);
    const [other] = rows(generated("other", "--orders", "20000", "--seed", "1"), [digest]);
    expect(first![0]).toBe(20_000);
    expect(again).toEqual(first);
    expect(other![0]).toBe(20_000);
    expect(other![1]).not.toBe(first![1]);
  });

  itWithDuckdb("plants each requested fault once", () => {
    const among = (column: string, table: string): string =>
      `${column} not in (select id from ${table} where id is not null)`;
    /** The query that counts each fault, in an order in which no fault hides another. */
    const faults: Readonly<Record<string, string>> = {
      "duplicate-customer": "select count(id) - count(distinct id) from customers",
      "duplicate-order": "select count(id) - count(distinct id) from orders",
      "duplicate-payment": "select count(id) - count(distinct id) from payments",
      "missing-customer-key": "select count_if(id is null) from customers",
      "missing-order-key": "select count_if(id is null) from orders",
      "missing-payment-key": "select count_if(id is null) from payments",
      "orphan-payment": `select count(*) from payments where ${among("order_id", "orders")}`,
      "negative-amount": "select count_if(amount < 0) from payments",
      "missing-amount": "select count_if(amount is null) from payments",
      "unknown-method": "select count_if(payment_method = 'cheque') from payments",
      "orphan-order": `select count(*) from orders where ${among("user_id", "customers")}`,
      "missing-date": "select count_if(order_date is null) from orders",
      "missing-product": "select count_if(product_name is null) from orders",
      "unknown-status": "select count_if(status = 'lost') from orders",
    };
    const counts = rows(generated("faults", "--faults", Object.keys(faults).join()), Object.values(faults));
    expect(Object.fromEntries(Object.keys(faults).map((fault, i) => [fault, counts[i]![0]]))).toEqual(
      Object.fromEntries(Object.keys(faults).map((fault) => [fault, 1])),
    );
    const none = rows(generated("sound_again"), Object.values(faults));
    expect(none.flat().every((count) => count === 0)).toBe(true);
  });

  itWithDuckdb("does not change an existing file", () => {
    const file = generated("there", "--orders", "100");
    const { status, stderr } = python(GENERATE, "--duckdb", file);
    expect(status).toBe(1);
    expect(stderr).toBe(`${file} already exists; give another file, or remove it\n`);
  });

  itWithDuckdb.each([
    [["--orders", "3"], "is not a whole number of at least"],
    [["--faults", "orphan-oder"], "unknown fault orphan-oder; allowed: duplicate-customer, "],
  ])("refuses %s", (args, message) => {
    const { status, stderr } = python(GENERATE, ...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
