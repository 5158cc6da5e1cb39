import type { Status } from "./runs";

const STATUS_WORDS: Readonly<Record<Status, string>> = {
  1: "Queued",
  2: "Starting",
  3: "Running",
  10: "Success",
  20: "Error",
  30: "Cancelled",
};

const STATUS_COLORS: Readonly<Record<Status, string>> = {
  1: "#6b7280",
  2: "#2563eb",
  3: "#2563eb",
  10: "#16a34a",
  20: "#dc2626",
  30: "#d97706",
};

/** All fields of an answer that say a run's status. */
export function statusFields(status: Status): Record<string, unknown> {
  return {
    status,
    status_humanized: STATUS_WORDS[status],
    in_progress: status < 10,
    is_complete: status >= 10,
    is_success: status === 10,
    is_error: status === 20,
    is_cancelled: status === 30,
    is_running: status === 3,
  };
}

/** All fields of an answer that say a step's status. */
export function stepStatusFields(status: Status): Record<string, unknown> {
  return { status, status_humanized: STATUS_WORDS[status], status_color: STATUS_COLORS[status] };
}
