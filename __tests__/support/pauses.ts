/** The pauses of a test. */
export interface Pauses {
  /** How long they were to be, in milliseconds. */
  readonly asked: readonly number[];
  /** Makes pauses as long as they are to be, until the end of the test. */
  readonly allow: () => void;
}

/** Lets what waits before it tries again go on at once, in each test of the file. */
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
