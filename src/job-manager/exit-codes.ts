/** The exit codes of the program. CI scripts rely on the numbers. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** `drift` found differences; or, with `--exit-code`, `plan` found changes, or `status` found a failed run or a missed SLA. */
  onRequest: 2,
  usage: 64,
  configuration: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
