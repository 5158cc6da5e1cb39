import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt } from "./dbt";
import { python } from "./python";

const itWithDbt = itIf(missingDbt);
const folder = new DbtFolder();
afterAll(() => {
  folder.remove();
});

const LATE_ROWS = `
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("""
    insert into dbt_production.touchpoints (touchpoint_id, customer_id, touched_at, channel)
    values (900001, 5, timestamp '2024-03-01 10:00:00', 'email'), (900002, 5, timestamp '2024-03-05 10:00:00', 'email');
    update dbt_production.google_analytics_sessions set sessions = sessions + 1 where date = '20251105';
    insert into dbt_production.sendgrid_events (sg_event_id, event, event_epoch, singlesend_id, recipient_id, customer_id)
    values ('late-1', 'click', 1733054400, 'unknown', 'r1', 5);
    update dbt_production.ad_spend set spend = spend + 1 where date_day = (select min(date_day) from dbt_production.ad_spend);
""")
`;
const TABLES = ["touchpoints", "web_sessions", "email_events", "fct_ad_performance"];

function vars(more: object = {}): string[] {
  const batches = { incremental: true, microbatch_size: "year", microbatch_begin: "2024-01-01" };
  return ["--vars", JSON.stringify({ ...batches, microbatch_lookback: 0, ...more })];
}

const TESTS = ["*_are_as_after_a_full_refresh", "fct_ad_performance_has_what_platforms_report"];
const TEST = ["test", "--select", ...TESTS, "--exclude", "orders_are_as_after_a_full_refresh", ...vars()];

/** Runs commands of dbt, which all end with 0, and the tests that compare the tables with their sources. Gives the messages by table. */
function reportedAfter(commands: readonly (readonly string[])[]): Record<string, string> {
  const runs = folder.runAll([...commands, TEST]);
  expect(runs.filter(({ status }) => status !== 0)).toEqual([]);
  const messages = [...runs.at(-1)!.output.matchAll(/WARN \w+: (\w+): (.*)/g)];
  return Object.fromEntries(messages.map(([, table, message]) => [table!, message!]));
}

/** The command in a message, with the vars of this test beside its own. */
function repair(message: string): string[] {
  const [, before, own, after] = /again: dbt (.*) --vars '\{incremental: true(?:, (.*))?\}'(.*)/.exec(message)!;
  const [name, value] = own?.split(": ") ?? [];
  const words = `${before!}${after!}`.split(" ");
  return [...words, ...vars(name === undefined ? {} : { [name]: Number(value) })];
}

describe("rows that arrive after the lookback", () => {
  itWithDbt("are reported for every incremental table, with the command that loads them", () => {
    const run = ["run", "--select", ...TABLES.map((table) => `+${table}`), ...vars()];
    expect(reportedAfter([run])).toEqual({});
    expect(python("-c", LATE_ROWS, folder.warehouse)).toEqual({ status: 0, stdout: "", stderr: "" });
    const messages = reportedAfter([run]);
    expect(messages["touchpoints"]).toBe(
      "2 rows differ from the sources, from 2024-03-01 to 2024-03-05; they changed after the lookback. Load these days " +
        "again: dbt run --select touchpoints --vars '{incremental: true}' --event-time-start 2024-03-01 " +
        "--event-time-end 2024-03-06",
    );
    expect(Object.keys(messages).sort()).toEqual([...TABLES].sort());
    expect(reportedAfter(Object.values(messages).map(repair))).toEqual({});
  });

  itWithDbt("are reported after an outage that was longer than the lookback, too", () => {
    const outage = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(sys.argv[2])";
    const lost = "delete from marketing.touchpoints where touched_at >= '2025-09-01'";
    expect(python("-c", outage, folder.warehouse, lost)).toEqual({ status: 0, stdout: "", stderr: "" });
    const messages = reportedAfter([["run", "--select", "touchpoints", ...vars()]]);
    expect(messages).toEqual({
      touchpoints: expect.stringMatching(
        /^\d{3,} rows differ from the sources, from 2025-09-01 to 2025-12-31; .* --event-time-start 2025-09-01 --event-time-end 2026-01-01$/,
      ) as string,
    });
    expect(reportedAfter([repair(messages["touchpoints"]!)])).toEqual({});
  });

  itWithDbt("are reported when they are later than the newest batch, which ends at the wall clock", () => {
    const future = "insert into dbt_production.touchpoints (touchpoint_id, customer_id, touched_at, channel) values";
    const add = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(sys.argv[2])";
    const row = `${future} (900003, 5, timestamp '2999-05-05 10:00:00', 'email')`;
    expect(python("-c", add, folder.warehouse, row)).toEqual({ status: 0, stdout: "", stderr: "" });
    // dbt does not end the batches at analysis_date or at the newest row.
    expect(reportedAfter([["run", "--select", "touchpoints", ...vars()]])).toEqual({
      touchpoints: expect.stringMatching(/^1 rows differ from the sources, from 2999-05-05 to 2999-05-05; /) as string,
    });
  });
});
