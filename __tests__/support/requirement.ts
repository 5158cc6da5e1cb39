/**
 * `it` when a requirement of the machine is met; otherwise the test is skipped and one line says why.
 *
 * @param missing what is missing, or undefined when nothing is
 */
export function itIf(missing: string | undefined): jest.It {
  if (missing === undefined) return it;
  process.stderr.write(`skipped: ${missing} (${expect.getState().testPath?.split("/").at(-1) ?? "a test"})\n`);
  return it.skip;
}
