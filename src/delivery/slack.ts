import { persistently, TemporaryFault, temporaryFault } from "./attempts";

/** A message for a channel of Slack. */
export interface SlackMessage {
  /** The URL of the incoming webhook. It is a secret, and no error has it. */
  readonly url: string;
  /** Text in Slack's form of Markdown. Texts of others in it are escaped with {@link slackEscaped}. */
  readonly text: string;
  /** Sends a request, as the global `fetch` does. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * The time after which the message is given up, in milliseconds.
   *
   * @default 60000
   */
  readonly patience?: number;
}

const PATIENCE_MILLISECONDS = 60_000;
/** Slack cuts a longer text. https://docs.slack.dev/reference/methods/chat.postMessage */
const LONGEST_TEXT = 40_000;

/**
 * Sends a message to an incoming webhook of Slack. A busy server gets it again, after the pause that it asks for.
 *
 * @throws Error for a person, without the URL, when Slack refuses the message or does not accept it within a minute
 */
export async function sendToSlack({ url, text, fetch, patience = PATIENCE_MILLISECONDS }: SlackMessage): Promise<void> {
  await persistently(
    patience,
    async (stop) => {
      const answer = await post(url, text.slice(0, LONGEST_TEXT), fetch, stop);
      const fault = temporaryFault("the webhook", answer);
      if (fault) throw fault;
      const reason = (await answer.text()).slice(0, 100);
      if (!answer.ok) throw new Error(`Slack refused the message: ${answer.status} ${reason}; ${fixOf(answer.status)}`);
    },
    (fault) => new Error(`Slack did not accept the message within ${patience / 1000} seconds (${fault})`),
  );
}

async function post(url: string, text: string, fetch: SlackMessage["fetch"], stop: AbortSignal): Promise<Response> {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ text }) };
  try {
    return await fetch(url, { ...init, redirect: "manual", signal: stop });
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error && cause.message !== "" ? cause.message : message;
    throw new TemporaryFault(`the webhook: ${reason}`);
  }
}

function fixOf(status: number): string {
  if (status === 404 || status === 403 || status === 410) {
    return "make a new incoming webhook, because this one is removed or its channel is archived";
  }
  return "check the URL of the incoming webhook";
}

/** A text of others, in which nothing is a mention or a link. */
export function slackEscaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
