/** Why a request failed. */
export type Failure =
  /** dbt Cloud refused the request, and would refuse it again. */
  | "refused"
  /** The object does not exist. */
  | "missing"
  /** dbt Cloud has received too many requests. */
  | "busy"
  /** No complete answer came. dbt Cloud may have done the write nevertheless. */
  | "lost"
  /** The answer does not have the format of the Admin API, or is about a different object. */
  | "unreadable"
  /** The client did not send the request: writes are blocked, or the program stops. */
  | "unsent";

/** A request failed. The message tells the person at the terminal the request, the answer and the fix. */
export class DbtCloudError extends Error {
  constructor(
    readonly failure: Failure,
    message: string,
    /** The seconds that dbt Cloud asks to wait; absent when it does not say. */
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
    this.name = "DbtCloudError";
  }
}
