/**
 * Lets `fetch` lose each request, as it does now and then: nothing keeps the process alive. A request ends when its signal is
 * aborted, unless LOST_FOR_GOOD is set. All times are 1,000 times shorter.
 */
const { setTimeout: start } = globalThis;
globalThis.setTimeout = (act, milliseconds, ...args) => start(act, milliseconds / 1000, ...args);
globalThis.fetch = (_url, { signal }) =>
  new Promise((_resolve, reject) => {
    if (process.env["LOST_FOR_GOOD"] === undefined) signal.addEventListener("abort", () => reject(signal.reason));
  });
