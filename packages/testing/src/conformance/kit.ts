import type { Logger, ReactorBase, ReactorOptions } from '@triphase/core';
import { describeValue } from '../describe-value.ts';
import type { Expectation, TestRunner } from '../test-runner.ts';
import { ignore } from './functions.ts';
import { TestScope } from './test-scope.ts';

/** What a host can do. Each defaults to `true`. */
export interface Capabilities {
  /** A run keeps the host alive. */
  readonly keepAlive?: boolean;
  /** Timed calls are made while a page is hidden. */
  readonly wakeupsWhileHidden?: boolean;
  /** The clock moves while code runs. */
  readonly movingClock?: boolean;
  /** The host delivers signals. */
  readonly signals?: boolean;
}

/** A reactor that the conformance kit tests. */
export interface Subject {
  /** Part of the name of the group of its tests. */
  readonly name: string;
  /** Makes a new reactor with these options. */
  readonly create: (options?: ReactorOptions) => ReactorBase;
  /** What its host can do. Tests that need more are skipped. */
  readonly capabilities?: Capabilities;
  /** Statements whose tests are skipped, each with its reason: `{ C37: 'no other context' }`. */
  readonly skip?: Readonly<Record<string, string>>;
}

/** The number of a statement of the contract. */
export type StatementNumber = `C${number}`;

/** A part of the conformance kit: registers its tests. */
export type Section = (kit: Kit) => void;

/** What a section uses to register its tests. */
export interface Kit {
  readonly capabilities: Required<Capabilities>;
  /**
   * Registers the test `C12: sentence`. Its body makes reactors with {@link Kit.create}; those still running at its end are crashed.
   * The test also fails when a reactor reports an error that the test did not expect, when a rejection is unhandled, after four seconds
   * (see `patientTimeout()`), and when another test begins before it is over. With `needs` it is skipped on a host without that capability.
   */
  it(number: StatementNumber, sentence: string, body: () => void | Promise<void>, options?: TestOptions): void;
  readonly expect: (actual: unknown) => Expectation;
  /**
   * A new reactor of the kind under test. By default it logs nothing, any error that it reports fails the test, and its slices are a
   * second long: a stall of the machine must not cut a turn.
   */
  create(options?: ReactorOptions): ReactorBase;
  /** A new reactor with these options alone: it may log, and an error that it reports does not fail the test. */
  createPlain(options: ReactorOptions): ReactorBase;
}

export interface TestOptions {
  readonly needs?: keyof Capabilities;
}

/** Microtasks to wait for: enough to notice turns that come in microtasks. */
const MICROTASKS = 100;

const silent: Logger = { info: ignore, warn: ignore, error: ignore };

/** Registers the tests of all sections: it names them, skips them, and watches each for leaks. */
export class ConformanceKit implements Kit {
  readonly capabilities: Required<Capabilities>;
  readonly #runner: TestRunner;
  readonly #subject: Subject;
  readonly #numbers: Set<string> = new Set();
  /** The test that runs. */
  #test: TestScope | undefined;
  /** The test that began last, until it is over. It may still wait for the one before it. */
  #latest: TestScope | undefined;
  /** What would make each test hang or fail, in words: `''` if nothing would, undefined before the first test. */
  #flaw: string | undefined;

  constructor(runner: TestRunner, subject: Subject) {
    this.#runner = runner;
    this.#subject = subject;
    this.capabilities = {
      keepAlive: true,
      wakeupsWhileHidden: true,
      movingClock: true,
      signals: true,
      ...subject.capabilities,
    };
  }

  /** The numbers of the statements that have a test. */
  get numbers(): ReadonlySet<string> {
    return this.#numbers;
  }

  it(number: StatementNumber, sentence: string, body: () => void | Promise<void>, options: TestOptions = {}): void {
    this.#numbers.add(number);
    const name = `${number}: ${sentence}`;
    const reason = this.#skipReason(number, options);
    if (reason === undefined) this.#runner.it(name, () => this.#run(body));
    else skipTest(this.#runner, `${name} (skipped: ${reason})`);
  }

  readonly expect = (actual: unknown): Expectation => this.#runner.expect(actual);

  create(options: ReactorOptions = {}): ReactorBase {
    return this.createPlain({ logger: silent, onError: this.#scope().onError, maxSliceMs: 1_000, ...options });
  }

  createPlain(options: ReactorOptions): ReactorBase {
    return this.#scope().adopt(this.#subject.create(options));
  }

  #scope(): TestScope {
    if (this.#test === undefined)
      throw new Error('create() was called outside of a test: make reactors in the body of a test');
    return this.#test;
  }

  #skipReason(number: string, { needs }: TestOptions): string | undefined {
    const reason = this.#subject.skip?.[number];
    if (reason !== undefined) return reason;
    return needs !== undefined && !this.capabilities[needs] ? `the host lacks ${needs}` : undefined;
  }

  async #run(body: () => void | Promise<void>): Promise<void> {
    const test = new TestScope();
    const before = this.#latest;
    this.#latest = test;
    await before?.cut();
    this.#test = test;
    try {
      await test.run(async () => {
        this.#flaw ??= await flawOf(this.createPlain({ logger: silent, onError: ignore }));
        if (this.#flaw !== '') throw new Error(this.#flaw);
        await body();
      });
    } finally {
      // By now the next test may have begun.
      if (this.#test === test) this.#test = undefined;
      if (this.#latest === test) this.#latest = undefined;
    }
  }
}

/**
 * What is wrong with `requestTurn()` of the reactor, in words; `''` if nothing is. This is checked once, before the first test: with
 * turns that come too soon each test would run into its limit, or loop for ever and print nothing.
 */
async function flawOf(reactor: ReactorBase): Promise<string> {
  let turns = 0;
  const next = (): void => {
    if (++turns < MICROTASKS) reactor.callSoon(next);
  };
  reactor.run().catch(ignore);
  try {
    reactor.callSoon(next);
  } catch (error) {
    return `requesting a turn failed: ${error instanceof Error ? error.message : describeValue(error)}`;
  }
  if (turns > 0) return 'requestTurn() called its turn at once: call it later, from a macrotask';
  for (let n = 0; n < MICROTASKS; n++) await Promise.resolve();
  // On Deno one turn may begin in a microtask (D2 in docs/runtimes.md): only a second one without a macrotask in between is a fault.
  const isFlawed = turns > 1;
  if (reactor.state !== 'idle') reactor.crash();
  return isFlawed ? 'the turns came in microtasks: requestTurn() must call its turn in a macrotask' : '';
}

/** Uses `it.skip` of the framework; without one it registers a passing test, whose name says that it was skipped. */
function skipTest(runner: TestRunner, name: string): void {
  const it: TestRunner['it'] & { readonly skip?: unknown } = runner.it;
  if (typeof it.skip === 'function') Reflect.apply(it.skip, it, [name, ignore]);
  else runner.it(name, ignore);
}
