import {
  above,
  among,
  containing,
  flagged,
  listed,
  type Filters,
} from "../../../../packages/local-dbt-cloud/http/filters";

interface Item {
  readonly id: number;
  readonly name: string | null;
  readonly on: boolean;
  readonly state: number;
}
const rows: readonly Item[] = [
  { id: 1, name: "Daily load", on: true, state: 1 },
  { id: 2, name: "hourly load", on: false, state: 1 },
  { id: 3, name: null, on: true, state: 2 },
];
const filters: Filters<Item> = {
  pk: among(({ id }) => id),
  pk__gt: above(({ id }) => id),
  name__icontains: containing(({ name }) => name ?? ""),
  on: flagged(({ on }) => on),
};

describe("a list", () => {
  it.each([
    [{}, [1, 2]],
    [{ state: "all" }, [1, 2, 3]],
    [{ pk: "[2,3]", state: "all" }, [2, 3]],
    [{ pk: "x" }, []],
    [{ pk__gt: "1" }, [2]],
    [{ name__icontains: "LOAD" }, [1, 2]],
    [{ on: "true", name__icontains: "load" }, [1]],
    [{ on: "0" }, [2]],
    [{ limit: "1", offset: "1", order_by: "-id", include_related: "[x]" }, [1]],
  ])("with %j has the rows %j", (query, ids) => {
    expect(listed(rows, query, { filters }).data.map(({ id }) => id)).toEqual(ids);
  });

  it("selects by the account, even if it declares no filter, as Dagster asks", () => {
    const owned = rows.map((row) => ({ ...row, account_id: 12345 }));
    expect(listed(owned, { account_id: "12345" }).data.map(({ id }) => id)).toEqual([1, 2]);
    expect(listed(owned, { account_id: "6" }).data).toEqual([]);
  });

  it("lists deleted rows too, if it is declared so", () => {
    expect(listed(rows, {}, { states: "all" }).data).toHaveLength(3);
  });

  it.each(["color", "__proto__", "toString"])("refuses the filter %s, and names those that it has", (name) => {
    const query = Object.fromEntries([[name, "x"]]);
    expect(() => listed(rows, query, { filters })).toThrow(
      `${name} is not a filter of this list in the local dbt Cloud. The list has the filters pk, pk__gt`,
    );
    expect(() => listed(rows, query)).toThrow("The list has no filters.");
  });
});
