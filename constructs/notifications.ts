import { PartialNotification, type PartialNotificationConfig } from "@cdktf/provider-dbtcloud/lib/partial-notification";
import { Construct } from "constructs";
import type { NotificationDefinition } from "../src/jobs/definition";
import { notificationAddress } from "../src/jobs/names";
import type { IJob } from "./job";
import { literals } from "./literals";

/** A notification of a job. */
interface JobNotification {
  readonly definition: NotificationDefinition;
  readonly job: IJob;
}

/** Props of the notifications of a stack. */
export interface NotificationsProps {
  /** All notifications of all jobs. */
  readonly wishes: readonly JobNotification[];
}

type Event = NotificationDefinition["on"][number];

/**
 * The notifications of a stack, one resource for each recipient. dbt Cloud keeps one notification for each recipient in
 * an account, so a stack adds its jobs to that notification and does not change the jobs of other stacks.
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

/** dbt Cloud keeps one notification for each address, independent of the user who owns it. */
function recipientOf({ user_id, email, slack_channel }: NotificationDefinition): string {
  return email ?? slack_channel?.id ?? `user ${user_id}`;
}

/**
 * dbt Cloud's numbers for the kinds of notification: 1 is the user's own address, 2 is Slack, 4 is an external address.
 */
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
