/** All that the conformance kit asks of a test framework; jest, vitest, bun and `tinyRunner()` fit as they are. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => void | Promise<void>): unknown;
  expect(actual: unknown): Expectation;
}

/** All the assertions that the conformance kit uses. */
export interface Expectation {
  readonly not: Omit<Expectation, 'not'>;
  /** The same value, as `Object.is` compares. */
  toBe(expected: unknown): unknown;
  /** The same structure, all the way down. */
  toEqual(expected: unknown): unknown;
  /** The function throws: at all, an instance of a class, a message that contains a string or matches a pattern. */
  toThrow(expected?: unknown): unknown;
}
