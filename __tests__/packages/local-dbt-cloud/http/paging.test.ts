import { paged, stateFilter } from "../../../../packages/local-dbt-cloud/http/paging";

const rows = Array.from({ length: 250 }, (_, i) => ({ id: i + 1, name: `job ${(i * 7) % 250}`, state: 1 }));
const ids = (page: { data: readonly { id: number }[] }): number[] => page.data.map(({ id }) => id);

describe("a page", () => {
  it("has 100 objects by ascending id, and the total count", () => {
    const page = paged(rows, {});
    expect(ids(page)).toEqual(rows.slice(0, 100).map(({ id }) => id));
    expect(page).toMatchObject({
      status: { code: 200, is_success: true, user_message: "Success!", developer_message: "" },
      extra: {
        filters: { limit: 100, offset: 0 },
        order_by: "id",
        pagination: { count: 100, total_count: 250 },
      },
    });
  });

  it("continues from an offset to the end", () => {
    expect(paged(rows, { offset: "200" }).extra.pagination).toEqual({ count: 50, total_count: 250 });
    expect(ids(paged(rows, { offset: "200" }))[0]).toBe(201);
    expect(paged(rows, { offset: "250" }).extra.pagination).toEqual({ count: 0, total_count: 250 });
  });

  it.each([
    ["10", 10],
    ["1000", 100],
    ["0", 1],
    ["-5", 1],
    ["x", 100],
  ])("with limit=%s has %d objects", (limit, count) => {
    expect(paged(rows, { limit })).toMatchObject({
      extra: { filters: { limit: count }, pagination: { count, total_count: 250 } },
    });
  });

  it("is ordered by a known column, then by id", () => {
    expect(ids(paged(rows, { order_by: "-id", limit: "3" }))).toEqual([250, 249, 248]);
    const equal = rows.map(({ id }) => ({ id, name: "same" }));
    expect(ids(paged(equal, { order_by: "name", limit: "3" }, ["name"]))).toEqual([1, 2, 3]);
    const byName = paged(rows, { order_by: "-name", limit: "2" }, ["name"]);
    expect(byName.data.map(({ name }) => name)).toEqual(["job 99", "job 98"]);
    expect(byName.extra.order_by).toBe("-name");
    expect(paged(rows, { order_by: "secret" }).extra.order_by).toBe("id");
  });

  it("repeats the filters of the request", () => {
    const { filters } = paged(rows, { project_id: "7", order_by: "id", include_related: "[job]" }).extra;
    expect(filters).toEqual({ project_id: "7", limit: 100, offset: 0 });
  });
});

describe("the filter by state", () => {
  it.each([
    [undefined, [1]],
    ["active", [1]],
    ["1", [1]],
    ["deleted", [2]],
    ["2", [2]],
    ["all", [1, 2]],
  ])("state=%s", (state, listed) => {
    expect([{ state: 1 }, { state: 2 }].filter(stateFilter({ state })).map((row) => row.state)).toEqual(listed);
  });

  it("can list all rows unless the query names a state", () => {
    expect([1, 2].filter((state) => stateFilter({}, "all")({ state }))).toEqual([1, 2]);
  });
});
