import { fetchThrough } from "../../dbt-cloud/transport";
import { sendEmail } from "../../delivery/email";
import { sendToSlack } from "../../delivery/slack";
import type { AlertRoute } from "../../env-files/alert-routes";
import { ConfigurationError, type Problem } from "../../env-files/problem";
import type { ProcessEnvironment } from "../../env-files/process-environment";
import { withoutSecrets } from "../../env-files/secrets";
import { syncIssues, type WantedIssue } from "../../gitlab/alert-issues";
import { proxyFor } from "../connection";
import {
  alertMarkdown,
  alertSubject,
  emailSubject,
  emailText,
  slackMessage,
  type AlertPlace,
} from "../output/alert-text";
import type { Alert } from "./alerts";
import type { AlertState } from "./state";

/** What a receiver got. */
export interface Delivery {
  /** The receiver, without secrets: `email data@example.com`. */
  readonly route: string;
  /** The ids of the causes that the receiver was told about. */
  readonly told: readonly string[];
  /** The ids of the causes whose end the receiver was told. */
  readonly recovered: readonly string[];
  /** Why the receiver could not be reached; absent when it was. */
  readonly error?: string;
}

/** A receiver that is ready. */
export interface Receiver {
  /** Brings the receiver's knowledge in line with all open alerts. */
  readonly deliver: (alerts: readonly Alert[], place: AlertPlace, state: AlertState) => Promise<Delivery>;
}

/**
 * Makes the receivers of routes.
 *
 * @throws ConfigurationError with every environment variable that is missing or has a wrong form; it shows no value
 */
export function receiversOf(routes: readonly AlertRoute[], env: ProcessEnvironment): Receiver[] {
  const made = routes.map((route) => receiverOf(route, env));
  const problems = made.flatMap((one) => ("problems" in one ? one.problems : []));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return made.flatMap((one) => ("deliver" in one ? [one] : []));
}

/** The alerts that a route gets: those of its severity and its owners. */
function alertsFor({ severity, owners }: AlertRoute, alerts: readonly Alert[]): Alert[] {
  return alerts.filter(
    (alert) =>
      (severity === "warning" || alert.severity === "critical") &&
      (owners.length === 0 || alert.owners.some((owner) => owners.includes(owner))),
  );
}

type Made = Receiver | { readonly problems: readonly Problem[] };

function receiverOf(route: AlertRoute, env: ProcessEnvironment): Made {
  if ("email" in route) return emailReceiver(route, env);
  if ("slack_webhook" in route) return slackReceiver(route, env);
  return issueReceiver(route, env);
}

function emailReceiver(route: AlertRoute & { email: string }, env: ProcessEnvironment): Made {
  const server = env["ALERT_SMTP_URL"]?.trim() ?? "";
  const from = env["ALERT_EMAIL_FROM"]?.trim() ?? "";
  const problems = [
    ...(/^smtps?:$/.test(protocolOf(server))
      ? []
      : [problem("ALERT_SMTP_URL", "the mail server of alerts", "smtps://USER:PASSWORD@HOST:465 or smtp://HOST:PORT")]),
    ...(/^[^\s@]+@[^\s@]+$/.test(from)
      ? []
      : [problem("ALERT_EMAIL_FROM", "the sender of alerts", "name@example.com")]),
  ];
  if (problems.length > 0) return { problems };
  const { password } = new URL(server);
  const clean = hiding([server, password, decoded(password)], env);
  return messages(route, `email ${route.email}`, clean, (alerts, recovered, place) =>
    sendEmail({
      server,
      from,
      to: route.email,
      subject: clean(emailSubject(alerts, recovered, place)),
      text: clean(emailText(alerts, recovered, place)),
    }),
  );
}

function slackReceiver(route: AlertRoute & { slack_webhook: string }, env: ProcessEnvironment): Made {
  const name = route.slack_webhook;
  const url = env[name]?.trim() ?? "";
  if (!/^https?:$/.test(protocolOf(url))) {
    return { problems: [problem(name, "the incoming webhook of Slack", "https://hooks.slack.com/services/…")] };
  }
  const fetch = fetchThrough(proxyFor(url, env));
  const clean = hiding([url, new URL(url).pathname], env);
  return messages(route, `slack ${name}`, clean, (alerts, recovered, place) =>
    sendToSlack({ url, text: clean(slackMessage(alerts, recovered, place)), fetch }),
  );
}

/** A receiver that cannot be asked what it knows: a file has it. */
function messages(
  route: AlertRoute,
  name: string,
  clean: (text: string) => string,
  send: (alerts: readonly Alert[], recovered: readonly string[], place: AlertPlace) => Promise<void>,
): Receiver {
  const place = nameWithFilter(name, route);
  return {
    deliver: async (all, where, state) => {
      const alerts = alertsFor(route, all);
      const known = state.toldTo(place);
      const fresh = alerts.filter(
        ({ id, fingerprint }) => known.find((one) => one.id === id)?.fingerprint !== fingerprint,
      );
      const recovered = known.filter(({ id }) => all.every((alert) => alert.id !== id));
      const delivery = { route: name, told: fresh.map(({ id }) => id), recovered: recovered.map(({ id }) => id) };
      if (fresh.length + recovered.length === 0) return delivery;
      try {
        await send(
          fresh,
          recovered.map(({ subject }) => subject),
          where,
        );
      } catch (error) {
        return { route: name, told: [], recovered: [], error: clean((error as Error).message) };
      }
      const open = known.filter(({ id }) => all.some((alert) => alert.id === id) && !delivery.told.includes(id));
      const told = fresh.map((alert) => ({
        id: alert.id,
        fingerprint: alert.fingerprint,
        subject: alertSubject(alert, where),
      }));
      state.record(place, [...open, ...told]);
      return delivery;
    },
  };
}

function issueReceiver(route: AlertRoute & { gitlab_issue: { label: string } }, env: ProcessEnvironment): Made {
  const token = env["GITLAB_ALERT_TOKEN"]?.trim() ?? "";
  const apiUrl = env["CI_API_V4_URL"]?.trim() ?? "";
  const projectId = env["CI_PROJECT_ID"]?.trim() ?? "";
  const problems = [
    ...(token ? [] : [problem("GITLAB_ALERT_TOKEN", "the token that writes issues", "a project access token")]),
    ...(/^https?:$/.test(protocolOf(apiUrl))
      ? []
      : [problem("CI_API_V4_URL", "GitLab's API, which GitLab sets in each job", "https://HOST/api/v4")]),
    ...(projectId ? [] : [problem("CI_PROJECT_ID", "the project, which GitLab sets in each job", "a number")]),
  ];
  if (problems.length > 0) return { problems };
  const { label } = route.gitlab_issue;
  const clean = hiding([token], env);
  const fetch = fetchThrough(proxyFor(apiUrl, env));
  return {
    deliver: async (all, place) => {
      const wanted = alertsFor(route, all).map((alert): WantedIssue => ({
        id: alert.id,
        title: clean(alertSubject(alert, place)),
        text: clean(alertMarkdown(alert, place)),
      }));
      const name = `gitlab_issue ${label}`;
      try {
        const { created, updated, closed } = await syncIssues({
          project: { apiUrl, projectId, token },
          scope: nameWithFilter(place.environment, route),
          label,
          wanted,
          farewell: "The cause is gone: the job succeeded, or the deadline is met.",
          fetch,
        });
        return { route: name, told: [...created, ...updated], recovered: closed };
      } catch (error) {
        return { route: name, told: [], recovered: [], error: clean((error as Error).message) };
      }
    },
  };
}

/** Two routes to one receiver with other filters know nothing of each other. */
function nameWithFilter(name: string, { severity, owners }: AlertRoute): string {
  return [name, severity, ...[...owners].sort()].join(", ");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hiding(secrets: readonly string[], env: ProcessEnvironment): (text: string) => string {
  const known = secrets.filter((secret) => secret.length > 1).sort((a, b) => b.length - a.length);
  return (text) =>
    withoutSecrets(
      known.reduce((hidden, secret) => hidden.replaceAll(secret, "***"), text),
      env,
    );
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : "";
}

/** The problem does not show the value, because it can be a secret. */
function problem(name: string, purpose: string, allowed: string): Problem {
  return {
    file: "environment",
    path: name,
    reason: `it is not set, or has another form: ${purpose}`,
    allowed,
    fix: `set ${name}, or remove the route from \`alerts\` in the env file`,
  };
}
