import { localDbtCloud, V2, type LocalDbtCloud } from "../../../support/local-dbt-cloud";

const NOTIFICATIONS = `${V2}/notifications/`;

let cloud: LocalDbtCloud;
beforeEach(() => {
  cloud = localDbtCloud();
});
afterEach(() => cloud.close());

describe("a notification", () => {
  it("has lists, never null, and null for what it does not have", async () => {
    const { code, body } = await cloud.send("POST", NOTIFICATIONS, { user_id: 1, on_success: null, on_failure: [3] });
    expect(code).toBe(201);
    expect(body.data).toEqual({
      id: 1,
      account_id: 12345,
      user_id: 1,
      type: 1,
      on_cancel: [],
      on_failure: [3],
      on_warning: [],
      on_success: [],
      external_email: null,
      slack_channel_id: null,
      slack_channel_name: null,
      state: 1,
      created_at: "2026-01-05 04:30:00.000000+00:00",
      updated_at: "2026-01-05 04:30:00.000000+00:00",
    });
  });

  it("is changed, and deleted by its state or by DELETE", async () => {
    const sent = { user_id: 1, type: 4, external_email: "a@example.com", on_failure: [3] };
    for (const [method, body, code] of [
      ["POST", { state: 2 }, 200],
      ["DELETE", undefined, 204],
    ] as const) {
      const { id } = (await cloud.send("POST", NOTIFICATIONS, sent)).body.data as { id: number };
      const changed = await cloud.send("POST", `${NOTIFICATIONS}${id}/`, { on_failure: null, on_cancel: [4] });
      expect(changed.body.data).toMatchObject({ ...sent, on_failure: [], on_cancel: [4] });
      expect((await cloud.send("GET", NOTIFICATIONS)).body.data).toMatchObject([{ id, on_cancel: [4] }]);

      expect(await cloud.send(method, `${NOTIFICATIONS}${id}/`, body)).toMatchObject({ code });
      expect(await cloud.send("GET", `${NOTIFICATIONS}${id}/`)).toMatchObject({
        code: 404,
        body: { status: { code: 404 } },
      });
      expect((await cloud.send("GET", NOTIFICATIONS)).body).toMatchObject({
        data: [],
        extra: { pagination: { count: 0, total_count: 0 } },
      });
    }
  });

  it("is refused without a user or with another type", async () => {
    for (const body of [{}, { user_id: "1" }, { user_id: 1, type: 6 }, { user_id: 1, on_cancel: ["1"] }]) {
      expect(await cloud.send("POST", NOTIFICATIONS, body)).toMatchObject({ code: 400 });
    }
  });
});
