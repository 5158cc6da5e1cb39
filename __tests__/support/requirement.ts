/**
 * `it` if the machine meets a requirement. Otherwise it skips the test and prints the reason.
 *
 * @param missing the missing requirement; undefined when there is none
 */
export function itIf(missing: string | undefined): jest.It {
  if (missing === undefined) return it;
  process.stderr.write(`skipped: ${missing} (${expect.getState().testPath?.split("/").at(-1) ?? "a test"})\n`);
  return it.skip;
}
