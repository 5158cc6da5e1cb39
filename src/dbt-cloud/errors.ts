/** What became of a request that dbt Cloud did not carry out as asked. */
export type Failure =
  /** dbt Cloud said no; sending the same again changes nothing. */
  | "refused"
  /** There is no such thing. */
  | "missing"
  /** Too many requests for now. */
  | "busy"
  /** No whole answer came; a write may have been done all the same. */
  | "lost"
  /** The answer is not what the Admin API says. */
  | "unreadable"
  /** It was never sent: writes are blocked, or the program is stopping. */
  | "unsent";

/** A request that failed. The message is for the person at the terminal: what was asked, what came back, what to do. */
export class DbtCloudError extends Error {
  constructor(
    readonly failure: Failure,
    message: string,
    /** Seconds that dbt Cloud asked to wait. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
    this.name = "DbtCloudError";
  }
}
