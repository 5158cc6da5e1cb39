/** The pauses of a test. */
export interface Pauses {
  /** The requested lengths, in milliseconds. */
  readonly asked: readonly number[];
  /** Makes pauses take their real time until the end of the test. */
  readonly allow: () => void;
}

/** Ends the pauses before retries at once, in each test of the file. */
export function withoutPauses(): Pauses {
  const asked: number[] = [];
  let spy: jest.SpyInstance;
  const real = globalThis.setTimeout;
  beforeEach(() => {
    asked.length = 0;
    spy = jest.spyOn(globalThis, "setTimeout").mockImplementation((act: () => void, milliseconds = 0) => {
      asked.push(milliseconds);
      return real(act, 0);
    });
  });
  afterEach(() => {
    spy.mockRestore();
  });
  return {
    asked,
    allow: () => {
      spy.mockRestore();
    },
  };
}
