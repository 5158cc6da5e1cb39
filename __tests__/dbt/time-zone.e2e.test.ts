import { itIf } from "../support/requirement";
import { DbtFolder, missingDbt } from "./dbt";
import { python } from "./python";

const itWithDbt = itIf(missingDbt);
const folder = new DbtFolder();
afterAll(() => {
  folder.remove();
});

const WITH_TIME_ZONE = `
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("set TimeZone = 'UTC'")
connection.execute("alter table dbt_production.touchpoints alter touched_at type timestamptz")
`;

/** A digest of the days and times of all touches, in the session's time zone that is given. */
const DIGEST = `
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
connection.execute(f"set TimeZone = '{sys.argv[2]}'")
touches = "select touchpoint_id, touched_on, touched_at from marketing_prep.stg_touchpoints order by touchpoint_id"
print(connection.execute(f"select md5(string_agg(it::text, ';' order by touchpoint_id)) from ({touches}) as it").fetchone())
`;

describe("the day of a touch with a time zone", () => {
  itWithDbt("is that of the business time zone, whatever the time zone of the session", () => {
    expect(folder.run(["run-operation", "load_sample_data"])).toMatchObject({ status: 0 });
    const vars = ["--vars", "{business_time_zone: Europe/Berlin}"];
    const run = (): unknown => folder.run(["run", "--quiet", "--select", "stg_touchpoints", ...vars]);
    const digest = (zone: string): string => python("-c", DIGEST, folder.warehouse, zone).stdout;

    expect(run()).toEqual({ status: 0, output: "" });
    const withoutTimeZone = digest("UTC");
    expect(withoutTimeZone).toMatch(/^\('\w{32}',\)\n$/);
    expect(python("-c", WITH_TIME_ZONE, folder.warehouse)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(run()).toEqual({ status: 0, output: "" });
    const zones = ["UTC", "America/Los_Angeles", "Asia/Tokyo"];
    expect(zones.map(digest)).toEqual(zones.map(() => withoutTimeZone));
  });
});
