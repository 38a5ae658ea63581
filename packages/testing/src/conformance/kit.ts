import type { Logger, ReactorBase, ReactorOptions } from '@triphase/core';
import { describeValue } from '../describe-value.ts';
import { nextMacrotask, realTimeout, watchUnhandledRejections } from '../host-globals.ts';
import type { Expectation, TestRunner } from '../test-runner.ts';
import { ignore } from './functions.ts';

/** What a host can do; each is taken for granted unless it says `false`. */
export interface Capabilities {
  /** A run holds the host alive. */
  readonly keepAlive?: boolean;
  /** Timed calls are made while a page is hidden. */
  readonly wakeupsWhileHidden?: boolean;
  /** The clock moves while code runs. */
  readonly movingClock?: boolean;
  /** The host delivers signals. */
  readonly signals?: boolean;
}

/** A reactor to be put through the conformance kit. */
export interface Subject {
  /** The group around its tests is called after it. */
  readonly name: string;
  /** Makes a new reactor with these options. */
  readonly create: (options?: ReactorOptions) => ReactorBase;
  /** What its host can do; the tests that need what it cannot do are skipped. */
  readonly capabilities?: Capabilities;
  /** Statements left out, each with its reason: `{ C37: 'no other context' }`. */
  readonly skip?: Readonly<Record<string, string>>;
}

/** The number of a statement of the contract. */
export type StatementNumber = `C${number}`;

/** A part of the conformance kit: registers its tests. */
export type Section = (kit: Kit) => void;

/** What a section works with. */
export interface Kit {
  readonly capabilities: Required<Capabilities>;
  /**
   * Registers the test `C12: sentence`. In its body {@link Kit.create} makes reactors; those still running at its end are crashed,
   * and the test fails when one reported an error that nothing listened for, when a promise was rejected unhandled, or when it is not
   * over within four seconds. With `needs` it is skipped where the host lacks that capability.
   */
  it(number: StatementNumber, sentence: string, body: () => void | Promise<void>, options?: TestOptions): void;
  readonly expect: (actual: unknown) => Expectation;
  /**
   * A new reactor of the kind under test, silent unless given a logger. Without an `onError` of the test's own any report fails the test.
   * Its slices are a second long unless the test says otherwise: a stall of the machine must not cut a turn.
   */
  create(options?: ReactorOptions): ReactorBase;
  /** A new reactor with these options alone: the kit neither silences it nor fails the test for what it reports. */
  createPlain(options: ReactorOptions): ReactorBase;
}

export interface TestOptions {
  readonly needs?: keyof Capabilities;
}

/** Shorter than the limit that runners have by themselves, so that the message is ours: it says what was pending. */
const TEST_LIMIT_MS = 4_000;

/** How many promise jobs to wait: enough for turns that come by microtasks to be seen. */
const MICROTASK_HOPS = 100;

const silent: Logger = { info: ignore, warn: ignore, error: ignore };

/** What all sections of the conformance kit share: it names, skips and guards their tests. */
export class ConformanceKit implements Kit {
  readonly capabilities: Required<Capabilities>;
  readonly #runner: TestRunner;
  readonly #subject: Subject;
  readonly #numbers: Set<string> = new Set();
  #test: TestScope | undefined;
  /** What makes each test hang or fail; `''` when there is none, undefined before the first test. */
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
    if (this.#test !== undefined)
      throw new Error('the tests of the conformance kit share the host: run them one after another');
    const test = new TestScope();
    this.#test = test;
    try {
      await test.run(async () => {
        this.#flaw ??= await flawOf(this.createPlain({ logger: silent, onError: ignore }));
        if (this.#flaw !== '') throw new Error(this.#flaw);
        await body();
      });
    } finally {
      this.#test = undefined;
    }
  }
}

/**
 * What is wrong with how the reactor asks for turns, in words; `''` if nothing is. It is looked at once, before the first test: with turns
 * that come too soon the tests would wait for their limits one after another, or spin for ever and print nothing.
 */
async function flawOf(reactor: ReactorBase): Promise<string> {
  let turns = 0;
  const next = (): void => {
    if (++turns < MICROTASK_HOPS) reactor.callSoon(next);
  };
  reactor.run().catch(ignore);
  try {
    reactor.callSoon(next);
  } catch (error) {
    return `a turn could not be asked for: ${error instanceof Error ? error.message : describeValue(error)}`;
  }
  if (turns > 0) return 'requestTurn() called its turn at once: call it later, from a macrotask';
  for (let hop = 0; hop < MICROTASK_HOPS; hop++) await Promise.resolve();
  // One is legal (D2): what follows it needs a macrotask.
  const isFlawed = turns > 1;
  if (reactor.state !== 'idle') reactor.crash();
  return isFlawed ? 'turn after turn came from microtasks: have requestTurn() call its turn from a macrotask' : '';
}

/** What lives as long as one test. */
class TestScope {
  readonly #reactors: ReactorBase[] = [];
  readonly #unexpected: string[] = [];

  readonly onError: NonNullable<ReactorOptions['onError']> = (error, source) => {
    this.#unexpected.push(`${source.kind} ${source.name} reported ${describeValue(error)}`);
  };

  adopt(reactor: ReactorBase): ReactorBase {
    this.#reactors.push(reactor);
    return reactor;
  }

  async run(body: () => void | Promise<void>): Promise<void> {
    const unwatch = watchUnhandledRejections((reason) => {
      this.#unexpected.push(`a promise was rejected unhandled with ${describeValue(reason)}`);
    });
    try {
      await this.#withinLimit(body);
      await nextMacrotask();
    } finally {
      unwatch();
      this.#release();
    }
    if (this.#unexpected.length > 0) throw new Error(`unexpected: ${this.#unexpected.join('; ')}`);
  }

  async #withinLimit(body: () => void | Promise<void>): Promise<void> {
    let cancel: (() => void) | undefined;
    const limit: Promise<never> = new Promise((_, reject) => {
      cancel = realTimeout(TEST_LIMIT_MS, () => {
        reject(new Error(`not over within ${TEST_LIMIT_MS} ms; ${this.#describe()}`));
      });
    });
    try {
      await Promise.race([body(), limit]);
    } finally {
      cancel?.();
    }
  }

  #describe(): string {
    const reactors = this.#reactors.map((reactor) => {
      const waiting = reactor.pending().map(({ kind, name }) => `${kind} ${name}`);
      return `reactor ${reactor.state}, pending: ${waiting.join(', ') || 'nothing'}`;
    });
    return [...reactors, ...this.#unexpected].join('; ');
  }

  /** A test that failed half-way must not leave a reactor that holds the host or disturbs the next test. */
  #release(): void {
    for (const reactor of this.#reactors) {
      if (reactor.state === 'idle' || reactor.state === 'stopped') continue;
      try {
        reactor.crash();
      } catch (error) {
        this.#unexpected.push(`crash() after the test threw ${describeValue(error)}`);
      }
    }
  }
}

/** Frameworks that know skipped tests have `it.skip`; elsewhere the name of a passing test says it. */
function skipTest(runner: TestRunner, name: string): void {
  const it: TestRunner['it'] & { readonly skip?: unknown } = runner.it;
  if (typeof it.skip === 'function') Reflect.apply(it.skip, it, [name, ignore]);
  else runner.it(name, ignore);
}
