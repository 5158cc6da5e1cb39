/** The process's env vars. Only `main.ts` and `src/job-manager/` read `process.env` and pass it on. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;
