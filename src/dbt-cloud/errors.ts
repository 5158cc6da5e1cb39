import { printable } from "../jobs/printable";

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

/** What a person needs to know about a failed request. Texts of others in it are shown in their printable form. */
export interface FailureReport {
  /** What is wrong: `dbt Cloud does not accept the token (401)`. */
  readonly problem: string;
  /** What the person can do: `check DBTCLOUD_TOKEN`. */
  readonly fix: string;
  /**
   * More about the problem, such as dbt Cloud's own words.
   *
   * @default - nothing more is known
   */
  readonly detail?: string;
  /** The method and the path of the request: `GET v2/jobs/1/`. */
  readonly request: string;
}

/**
 * A request failed. The first line of the message has the problem and the fix, the next one the detail, and the last one the
 * request.
 */
export class DbtCloudError extends Error {
  constructor(
    readonly failure: Failure,
    readonly report: FailureReport,
    /** The seconds that dbt Cloud asks to wait; absent when it does not say. */
    readonly retryAfterSeconds?: number,
  ) {
    super(linesOf(report).join("\n  "));
    this.name = "DbtCloudError";
  }

  /** The message in one line, for a list of several results. */
  get line(): string {
    return linesOf(this.report).join("; ");
  }
}

/** The reason of a failure in one line, for a list of several results. */
export function reasonOf(error: unknown): string {
  if (error instanceof DbtCloudError) return error.line;
  return error instanceof Error ? error.message : String(error);
}

function linesOf({ problem, fix, detail, request }: FailureReport): string[] {
  const details = detail ? [`detail: ${detail}`] : [];
  return [`${problem}; ${fix}`, ...details, `request: ${request}`].map(printable);
}
