import { environmentDefinition, jobDefinition } from "../support/definitions";
import { schemaViolations } from "../support/provider-schema";
import { synthesizeEnvironment } from "../support/synthesis";

describe("Notifications", () => {
  it("creates one notification for each recipient, with the jobs of the file's and the job's notifications", () => {
    const json = synthesizeEnvironment(
      environmentDefinition({
        notifications: [{ on: ["failure", "warning"], user_id: 1, email: "a@example.com" }],
        jobs: {
          one: jobDefinition({ notifications: [{ on: ["success", "failure"], user_id: 1, email: "a@example.com" }] }),
          two: jobDefinition({
            notifications: [
              { on: ["cancel"], user_id: 1, slack_channel: { id: "C1", name: "#data" } },
              { on: ["failure"], user_id: 1 },
            ],
          }),
        },
      }),
    );
    const notifications = Object.values(json["resource"]!["dbtcloud_partial_notification"]!);
    expect(notifications).toHaveLength(3);
    for (const expected of [
      {
        user_id: 1,
        notification_type: 4,
        external_email: "a@example.com",
        on_success: ["${dbtcloud_job.one.id}"],
        on_failure: ["${dbtcloud_job.one.id}", "${dbtcloud_job.two.id}"],
        on_warning: ["${dbtcloud_job.one.id}", "${dbtcloud_job.two.id}"],
        on_cancel: [],
      },
      {
        user_id: 1,
        notification_type: 2,
        slack_channel_id: "C1",
        slack_channel_name: "#data",
        on_success: [],
        on_failure: [],
        on_warning: [],
        on_cancel: ["${dbtcloud_job.two.id}"],
      },
      {
        user_id: 1,
        notification_type: 1,
        on_success: [],
        on_failure: ["${dbtcloud_job.two.id}"],
        on_warning: [],
        on_cancel: [],
      },
    ]) {
      expect(notifications).toContainEqual(expected);
    }
    expect(schemaViolations(json)).toEqual([]);
  });

  it("treats an address as one recipient, independent of its owner", () => {
    const on = (user_id: number): object => ({ on: ["failure"], user_id, email: "a@example.com" });
    const json = synthesizeEnvironment(environmentDefinition({ notifications: [on(1), on(2)] }));
    expect(Object.values(json["resource"]!["dbtcloud_partial_notification"]!)).toHaveLength(1);
  });

  it("creates no notification without recipients", () => {
    expect(synthesizeEnvironment(environmentDefinition())["resource"]).not.toHaveProperty(
      "dbtcloud_partial_notification",
    );
  });
});
