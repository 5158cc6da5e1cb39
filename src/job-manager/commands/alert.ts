import { readFileSync } from "node:fs";
import { listJobs, type JobRecord } from "../../dbt-cloud/jobs";
import { failedNodes, failedStep, readRun, runUrl, type Run } from "../../dbt-cloud/runs";
import { timeOf } from "../../dbt-cloud/times";
import { webhookEvent } from "../../dbt-cloud/webhook-event";
import { printable } from "../../jobs/printable";
import { alertsOf, failedRuns, type Alert, type Failure } from "../alerts/alerts";
import { receiversOf, type Delivery } from "../alerts/receivers";
import { AlertState } from "../alerts/state";
import { EXIT } from "../exit-codes";
import { alertSubject, alertText, type AlertPlace } from "../output/alert-text";
import { counted } from "../output/counted";
import type { ResultOf } from "../output/result-schemas";
import { cacheFile, readHistory } from "../run-history/history";
import { configOption, jobsByKey, openTarget, type Target } from "../target";
import { CommandError, type CommandDependencies, type CommandResult } from "./command";

export interface AlertOptions {
  readonly config: string;
  /** Prints the alerts, and neither sends nor records anything. */
  readonly dryRun: boolean;
  /**
   * The file that has what receivers know.
   *
   * @default - a file in the user's cache, beside the run history
   */
  readonly state?: string;
  /** A file with the body of a webhook's request, and the header `Authorization` of the request. */
  readonly webhook?: { readonly file: string; readonly signature: string };
}

/** Durations are those of this number of days. */
const HISTORY_DAYS = 30;
const DAY = 24 * 60 * 60 * 1000;

/**
 * Tells the receivers of an env file about new failures, deadlines that are missed or at risk, and recoveries. A receiver hears of a
 * cause when it begins, when it changes and when it ends.
 *
 * @returns exit code 1 when a receiver could not be reached; the others were told, and the next call tries again
 * @throws ConfigurationError with all problems of the env file and of the environment variables
 * @throws CommandError when the event of a webhook is not signed by dbt Cloud
 */
export async function alert(options: AlertOptions, dependencies: CommandDependencies): Promise<CommandResult> {
  const { env, now } = dependencies;
  const target = openTarget(options.config, dependencies);
  const { environment, client, where } = target;
  const receivers = options.dryRun ? [] : receiversOf(environment.alerts, env);
  if (options.webhook && !isOurs(options.webhook, target, env["DBTCLOUD_WEBHOOK_SECRET"]?.trim())) {
    const text = "The event is of another environment, so nothing was looked at.";
    return { exitCode: EXIT.ok, text, json: { alerts: [], deliveries: [] } satisfies ResultOf<"alert"> };
  }
  const records = jobsByKey(target, await listJobs(client, where));
  const period = { from: new Date(now.getTime() - HISTORY_DAYS * DAY), to: now };
  const history = await readHistory(client, where.environmentId, period, cacheFile("runs", target, env));
  const alerts = await openAlerts(target, records, history, now);
  const place = placeOf(target, options);
  const state = new AlertState(options.state ?? cacheFile("alerts", target, env));
  const deliveries: Delivery[] = [];
  for (const receiver of receivers) deliveries.push(await receiver.deliver(alerts, place, state));
  return resultOf(alerts, deliveries, place, options.dryRun ? "Nothing was sent." : undefined);
}

async function openAlerts(
  { environment: { jobs, timezone }, client }: Target,
  records: ReadonlyMap<string, JobRecord>,
  history: readonly Run[],
  now: Date,
): Promise<Alert[]> {
  const runs = new Map(
    [...records].map(([key, { id }]) => [key, history.filter((run) => run.job_definition_id === id)]),
  );
  const runsOf = (key: string): readonly Run[] => runs.get(key) ?? [];
  const failures = await Promise.all(
    failedRuns(Object.keys(jobs), runsOf).map(async ({ key, run }): Promise<Failure> => {
      const complete = await readRun(client, run.id);
      return { key, run, step: failedStep(complete)?.name ?? null, nodes: await failedNodes(client, complete) };
    }),
  );
  const madeAt = (key: string): Date | undefined => {
    const record = records.get(key);
    return record && new Date(timeOf(record.created_at) ?? 0);
  };
  return alertsOf({ jobs, timezone, runsOf, madeAt, failures, now });
}

function placeOf(target: Target, { config }: AlertOptions): AlertPlace {
  const { environment, client } = target;
  return {
    environment: environment.name,
    timezone: environment.timezone,
    configOption: configOption(target, config),
    runUrl: (run) => runUrl(client, run),
  };
}

/** Whether a webhook's event is of the environment. */
function isOurs(
  { file, signature }: NonNullable<AlertOptions["webhook"]>,
  { client, where }: Target,
  secret: string | undefined,
): boolean {
  if (!secret) {
    throw new CommandError(
      EXIT.configuration,
      "DBTCLOUD_WEBHOOK_SECRET is not set; it is the `hmac_secret` that dbt Cloud showed when the webhook was made",
    );
  }
  const event = readEvent(file, signature, secret);
  if (event) return event.accountId === client.accountId && event.data.environmentId === String(where.environmentId);
  throw new CommandError(
    EXIT.failed,
    `${file} is not signed with DBTCLOUD_WEBHOOK_SECRET, so nothing was sent; write the body of the request to the file byte by byte`,
  );
}

function readEvent(file: string, signature: string, secret: string): ReturnType<typeof webhookEvent> {
  try {
    return webhookEvent(readFileSync(file), signature, secret);
  } catch (error) {
    const [reason = ""] = (error as Error).message.split("\n");
    throw new CommandError(EXIT.configuration, `${file} is not an event of dbt Cloud: ${reason}`);
  }
}

function resultOf(
  alerts: readonly Alert[],
  deliveries: readonly Delivery[],
  place: AlertPlace,
  remark: string | undefined,
): CommandResult {
  const errors = deliveries.flatMap(({ route, error }) => (error === undefined ? [] : [`${route}: ${error}`]));
  const text = [
    ...alerts.flatMap((one) => [`[${one.severity}] ${alertSubject(one, place)}`, alertText(one, place), ""]),
    alerts.length === 0 ? "No failure, and no deadline at risk" : counted(alerts.length, "open cause"),
    ...deliveries.map(deliveryLine).map(printable),
    ...(remark === undefined ? [] : [remark]),
  ].join("\n");
  const json: ResultOf<"alert"> = {
    alerts: alerts.map((one) => alertJson(one, place)),
    deliveries: deliveries.map(deliveryJson),
  };
  if (errors.length === 0) return { exitCode: EXIT.ok, text, json };
  const message = printable(errors.join("; "));
  return { exitCode: EXIT.failed, text, json, error: { code: "failed", message, problems: [] } };
}

function deliveryLine({ route, told, recovered, error }: Delivery): string {
  if (error !== undefined) return `${route}: not reached: ${error.replaceAll("\n", " ")}`;
  return `${route}: ${told.length} told, ${recovered.length} recovered`;
}

function deliveryJson({ route, told, recovered, error }: Delivery): ResultOf<"alert">["deliveries"][number] {
  return { route, told, recovered, error: error ?? null };
}

function alertJson(one: Alert, place: AlertPlace): ResultOf<"alert">["alerts"][number] {
  const { id, severity, owners, failures, deadlines, waiting, run } = one;
  return {
    id,
    severity,
    subject: alertSubject(one, place),
    owners,
    failures: failures.map(({ key, run: { id: run_id }, step, nodes }) => ({
      key,
      run_id,
      step,
      nodes: nodes.map(({ node }) => node),
    })),
    deadlines: deadlines.map(({ at, ...rest }) => ({ ...rest, at: at.toISOString() })),
    waiting,
    url: run ? place.runUrl(run) : null,
  };
}
