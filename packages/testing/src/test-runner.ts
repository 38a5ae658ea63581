/** All that the conformance kit asks of a test framework; jest, vitest, bun and `tinyRunner()` fit as they are. */
export interface TestRunner {
  /** Groups the tests that `body` registers; called synchronously. */
  describe(name: string, body: () => void): unknown;
  /** Registers a test: `body` fails it by throwing or rejecting, and a promise it returns is waited for. */
  it(name: string, body: () => void | Promise<void>): unknown;
  /** Begins an assertion, which throws where it does not hold. */
  expect(actual: unknown): Expectation;
}

/** All the assertions that the conformance kit uses. */
export interface Expectation {
  /** The same assertions turned round: each throws where it would have held. */
  readonly not: Omit<Expectation, 'not'>;
  /** The same value, as `Object.is` compares. */
  toBe(expected: unknown): unknown;
  /** The same structure, all the way down. */
  toEqual(expected: unknown): unknown;
  /** The function throws: at all, an instance of a class, a message that contains a string or matches a pattern. */
  toThrow(expected?: unknown): unknown;
}
