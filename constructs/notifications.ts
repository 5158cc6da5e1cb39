import { PartialNotification, type PartialNotificationConfig } from "@cdktf/provider-dbtcloud/lib/partial-notification";
import { Construct } from "constructs";
import type { NotificationDefinition } from "../src/jobs/definition";
import { notificationAddress } from "../src/jobs/names";
import type { IJob } from "./job";
import { literals } from "./literals";

/** Who is to be told about a job. */
interface JobNotification {
  readonly definition: NotificationDefinition;
  readonly job: IJob;
}

/** What the notifications of a stack are made from. */
export interface NotificationsProps {
  /** Every wish of every job. */
  readonly wishes: readonly JobNotification[];
}

type Event = NotificationDefinition["on"][number];

/**
 * The notifications of a stack, one resource a recipient: dbt Cloud keeps one notification a recipient for the whole
 * account, so each stack adds its own jobs to it and leaves the others alone.
 */
export class Notifications extends Construct {
  constructor(scope: Construct, id: string, { wishes: all }: NotificationsProps) {
    super(scope, id);
    for (const [recipient, wishes] of byRecipient(all)) {
      const notification = new PartialNotification(this, notificationAddress(recipient), {
        ...literals(address(wishes[0]!.definition)),
        onSuccess: jobIds(wishes, "success"),
        onFailure: jobIds(wishes, "failure"),
        onWarning: jobIds(wishes, "warning"),
        onCancel: jobIds(wishes, "cancel"),
      });
      notification.overrideLogicalId(notificationAddress(recipient));
    }
  }
}

function byRecipient(wishes: readonly JobNotification[]): Map<string, JobNotification[]> {
  const groups = new Map<string, JobNotification[]>();
  for (const wish of wishes) {
    const recipient = recipientOf(wish.definition);
    groups.set(recipient, [...(groups.get(recipient) ?? []), wish]);
  }
  return groups;
}

/** dbt Cloud keeps one notification for each address, whichever user owns it. */
function recipientOf({ user_id, email, slack_channel }: NotificationDefinition): string {
  return email ?? slack_channel?.id ?? `user ${user_id}`;
}

/** dbt Cloud's numbers for the kinds of notification: 1 the user's own address, 2 Slack, 4 an address outside. */
function address({ user_id, email, slack_channel }: NotificationDefinition): PartialNotificationConfig {
  if (email !== undefined) return { userId: user_id, notificationType: 4, externalEmail: email };
  if (slack_channel !== undefined) {
    return {
      userId: user_id,
      notificationType: 2,
      slackChannelId: slack_channel.id,
      slackChannelName: slack_channel.name,
    };
  }
  return { userId: user_id, notificationType: 1 };
}

function jobIds(wishes: readonly JobNotification[], event: Event): number[] {
  const jobs = wishes.filter(({ definition }) => definition.on.includes(event)).map(({ job }) => job);
  return [...new Set(jobs)].map((job) => job.jobId);
}
