/** A reporter of jest, in the part that its test uses. */
declare class SlowestSuitesReporter {
  constructor(globalConfig: { readonly rootDir: string });
  onRunComplete(
    contexts: readonly unknown[],
    results: {
      readonly testResults: readonly {
        readonly testFilePath: string;
        readonly perfStats: { readonly runtime: number };
      }[];
    },
  ): void;
}
export = SlowestSuitesReporter;
