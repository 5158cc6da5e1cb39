import { slackEscaped } from "../../delivery/slack";
import { printable } from "../../jobs/printable";
import type { Alert, DeadlineAlert, Failure } from "../alerts/alerts";
import { counted } from "./counted";
import { code, escaped } from "./markdown";
import { clockTime, minute } from "./time";

/** The place of the alerts, for their texts. */
export interface AlertPlace {
  /** The name of the environment. */
  readonly environment: string;
  /** The team's time zone. */
  readonly timezone: string;
  /** The option that names the env file, for commands; undefined for branch jobs. */
  readonly configOption: string | undefined;
  /** The address of a run's page. */
  readonly runUrl: (run: NonNullable<Alert["run"]>) => string;
}

/** How a text is written for a receiver. */
interface Form {
  /** A text of others. */
  readonly plain: (text: string) => string;
  /** A name or a command. */
  readonly code: (text: string) => string;
  readonly link: (url: string) => string;
}

const LONGEST_MESSAGE = 300;
const MOST_NODES = 10;

const TEXT: Form = { plain: printable, code: printable, link: String };
const MARKDOWN: Form = {
  plain: (text) => escaped(printable(text)),
  code: (text) => code(printable(text)),
  link: (url) => `<${url}>`,
};
const SLACK: Form = {
  plain: (text) => slackEscaped(printable(text)),
  code: (text) => `\`${slackEscaped(printable(text)).replaceAll("`", "'")}\``,
  link: (url) => `<${slackEscaped(url)}>`,
};

/** An alert in one line: `production: attribution failed, 2 deadlines at risk`. */
export function alertSubject({ key, failures, deadlines }: Alert, { environment }: AlertPlace): string {
  const others = failures.length > 1 ? ` and ${counted(failures.length - 1, "other job")}` : "";
  const missed = deadlines.filter(({ state }) => state === "missed").length;
  const risks = deadlines.length - missed;
  const parts = [
    ...(failures.length > 0 ? [`${key}${others} failed`] : []),
    ...(missed > 0 ? [`${counted(missed, "deadline")} missed`] : []),
    ...(risks > 0 ? [`${counted(risks, "deadline")} at risk`] : []),
  ];
  const subject = failures.length > 0 ? parts.join(", ") : `${key}: ${parts.join(", ")}`;
  return printable(`${environment}: ${subject}`);
}

/** An alert as plain text, for an e-mail and for the terminal. */
export function alertText(alert: Alert, place: AlertPlace): string {
  return linesOf(alert, place, TEXT).join("\n");
}

/** An alert as Markdown, for an issue of GitLab. */
export function alertMarkdown(alert: Alert, place: AlertPlace): string {
  return linesOf(alert, place, MARKDOWN).join("\n");
}

/** New alerts and recoveries as one message for Slack. */
export function slackMessage(alerts: readonly Alert[], recovered: readonly string[], place: AlertPlace): string {
  return [
    ...alerts.map((alert) =>
      [`*${SLACK.plain(alertSubject(alert, place))}*`, ...linesOf(alert, place, SLACK)].join("\n"),
    ),
    ...recovered.map((subject) => `Recovered: ${SLACK.plain(subject)}`),
  ].join("\n\n");
}

/** New alerts and recoveries as the text of one e-mail. */
export function emailText(alerts: readonly Alert[], recovered: readonly string[], place: AlertPlace): string {
  return [
    ...alerts.map((alert) => `${alertSubject(alert, place)}\n${alertText(alert, place)}`),
    ...recovered.map((subject) => `Recovered: ${printable(subject)}`),
  ].join("\n\n");
}

/** The subject of an e-mail: its first alert or recovery, and the number of the others. */
export function emailSubject(alerts: readonly Alert[], recovered: readonly string[], place: AlertPlace): string {
  const subjects = [
    ...alerts.map((alert) => `[${alert.severity}] ${alertSubject(alert, place)}`),
    ...recovered.map(done),
  ];
  const [first = "", ...rest] = subjects;
  return printable(rest.length > 0 ? `${first}, and ${rest.length} more` : first);
}

function done(subject: string): string {
  return `[recovered] ${subject}`;
}

function linesOf(alert: Alert, place: AlertPlace, form: Form): string[] {
  const { failures, deadlines, waiting, owners, run, key } = alert;
  const command = (name: string): string => ["dbt-job-manager", name, place.configOption].filter(Boolean).join(" ");
  return [
    ...failures.flatMap((failure) => failureLines(failure, form)),
    ...deadlines.map((deadline) => deadlineLine(deadline, place, form)),
    ...(waiting.length > 0 ? [`- waiting: ${form.plain(waiting.join(", "))}`] : []),
    `- owner: ${form.plain(owners.join(", "))}`,
    ...(run ? [`- run: ${form.link(place.runUrl(run))}`] : []),
    ...(failures.length > 0 ? [`- log: ${form.code(command(`logs ${key}`))}`] : []),
    ...(failures.length > 0 ? [`- retry: ${form.code(command(`run ${key} --retry --wait`))}`] : []),
  ];
}

function failureLines({ key, run, step, nodes }: Failure, form: Form): string[] {
  const place = step === null ? "" : ` in ${form.code(step)}`;
  const shown = nodes.slice(0, MOST_NODES).map(({ node, message }) => {
    const [first = ""] = message.split("\n");
    return `  - ${form.code(node)} ${form.plain(first.slice(0, LONGEST_MESSAGE))}`.trimEnd();
  });
  const rest = nodes.length - shown.length;
  return [
    `- ${form.plain(key)}: run ${run.id} of ${minute(run.created_at)} UTC failed${place}`,
    ...shown,
    ...(rest > 0 ? [`  - and ${rest} more`] : []),
  ];
}

function deadlineLine({ key, at, state, words }: DeadlineAlert, { timezone }: AlertPlace, form: Form): string {
  const time = `${clockTime(at, timezone)} ${timezone}`;
  const verb = state === "missed" ? "missed its deadline" : "will probably miss its deadline";
  return `- ${form.plain(key)} ${verb} of ${time}: ${form.plain(words)}`;
}
