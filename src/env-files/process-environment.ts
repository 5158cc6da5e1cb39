/** The process's env vars, handed on by `main.ts` and `src/job-manager/`, the only readers of `process.env`. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;
