import { createHash } from "node:crypto";
import { createTransport } from "nodemailer";

/** An e-mail, and the server that sends it. */
export interface Email {
  /** `smtps://USER:PASSWORD@HOST:PORT`, or `smtp://…`, which uses TLS as soon as the server offers it. */
  readonly server: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly text: string;
}

const PATIENCE_MILLISECONDS = 30_000;

/**
 * Sends an e-mail. The same e-mail always has the same Message-ID, so that a program that gets it twice can show it once.
 *
 * @throws Error with the answer of the server; it may contain what was sent, so hide secrets before it is printed
 */
export async function sendEmail({ server, from, to, subject, text }: Email): Promise<void> {
  const transport = createTransport({
    url: server,
    connectionTimeout: PATIENCE_MILLISECONDS,
    greetingTimeout: PATIENCE_MILLISECONDS,
    socketTimeout: PATIENCE_MILLISECONDS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const digest = createHash("sha256")
    .update(JSON.stringify([to, subject, text]))
    .digest("hex")
    .slice(0, 32);
  try {
    await transport.sendMail({ from, to, subject, text, messageId: `<${digest}@dbt-job-manager>` });
  } finally {
    transport.close();
  }
}
