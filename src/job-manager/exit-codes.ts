/** The exit codes of the program. CI scripts rely on the numbers. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** Only with `--exit-code`. */
  changesPending: 2,
  usage: 64,
  configuration: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
