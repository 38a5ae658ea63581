import { describe, expect, it, jest } from '@jest/globals';
import { ManualReactor, reactorConformance, tinyRunner, type Subject, type TestRunner } from '@triphase/testing';
import { patientTimeout } from '../src/conformance/time.ts';
import { HostReactor } from './host-reactor.ts';

const subject: Subject = {
  name: 'a reactor',
  create: (options) => new ManualReactor({ ...options, autojump: true }),
  capabilities: { movingClock: false },
};

/** Registers the kit. Returns what it prints. */
function register(runner: TestRunner, changes: Partial<Subject>): string[] {
  const info = jest.spyOn(console, 'info').mockReturnValue(undefined);
  try {
    reactorConformance(runner, { ...subject, ...changes });
    return info.mock.calls.map(([text]) => String(text));
  } finally {
    info.mockRestore();
  }
}

describe('the conformance kit', () => {
  it('C49: the name of each test begins with the number of its statement', () => {
    const names: string[] = [];
    const runner: TestRunner = {
      describe: (_name, body) => {
        body();
      },
      it: (name) => names.push(name),
      expect: tinyRunner().expect,
    };
    register(runner, {});
    expect(names.filter((name) => !/^C\d+: \S/.test(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('C49: a skip and a missing capability are printed, and appear in the names of the tests', () => {
    const names: string[] = [];
    const runner: TestRunner = {
      describe: (_name, body) => {
        body();
      },
      it: (name) => names.push(name),
      expect: tinyRunner().expect,
    };
    const printed = register(runner, { skip: { C37: 'no other context' } });
    expect(printed).toEqual(['the conformance of a reactor: no movingClock; C37 skipped: no other context']);
    const [skipped, lacking] = ['(skipped: no other context)', '(skipped: the host lacks movingClock)'];
    expect(names.filter((name) => name.startsWith('C37: ')).every((name) => name.endsWith(skipped))).toBe(true);
    expect(names.filter((name) => name.endsWith(lacking)).length).toBeGreaterThan(3);
  });

  it('C49: without missing capabilities and skips nothing is printed', () => {
    expect(register(tinyRunner(), { capabilities: {} })).toEqual([]);
  });

  it('C49: it.skip of the runner is called for skipped tests', async () => {
    const runner = tinyRunner();
    register(
      {
        ...runner,
        describe: (name, body) =>
          name === 'watching' || name.startsWith('C50: ') ? runner.describe(name, body) : undefined,
      },
      {},
    );
    expect((await runner.run()).skipped).toBeGreaterThan(0);
  });

  it('C49: skip with a statement that has no test, or without a reason, throws a RangeError', () => {
    expect(() => register(tinyRunner(), { skip: { C99: 'typo' } })).toThrow(/C99, which has no test/);
    expect(() => register(tinyRunner(), { skip: { C37: ' ' } })).toThrow(/no reason for C37/);
  });

  /** Runs the kit on a faulty reactor. Returns the failures, as `test: message`. */
  async function failuresOf(
    create: Subject['create'],
    only: (name: string) => boolean = () => true,
  ): Promise<string[]> {
    const runner = tinyRunner();
    const it: TestRunner['it'] = (name, body) => {
      if (only(name)) runner.it(name, body);
    };
    register({ ...runner, it }, { create, capabilities: {} });
    const { failures } = await runner.run();
    return failures.map(({ test, error }) => `${test}: ${error instanceof Error ? error.message : String(error)}`);
  }

  class AtOnce extends HostReactor {
    protected override requestTurn(turn: () => void): () => void {
      turn();
      return () => undefined;
    }
  }

  class Uncancellable extends HostReactor {
    protected override requestTurn(turn: () => void): () => void {
      super.requestTurn(turn);
      return undefined as never; // as: what JavaScript lets a subclass do
    }
  }

  class InMicrotasks extends HostReactor {
    protected override requestTurn(turn: () => void): () => void {
      let isWanted = true;
      queueMicrotask(() => {
        if (isWanted) turn();
      });
      return () => {
        isWanted = false;
      };
    }
  }

  it.each<{ readonly what: string; readonly create: Subject['create']; readonly message: string }>([
    {
      what: 'has its turn in a microtask',
      create: (options) => new InMicrotasks(options),
      message: 'the turns came in microtasks',
    },
    {
      what: 'calls its turn at once',
      create: (options) => new AtOnce(options),
      message: 'requestTurn() called its turn at once',
    },
    {
      what: 'returns no cancel',
      create: (options) => new Uncancellable(options),
      message: 'requestTurn() returned no function',
    },
  ])(
    'C49: on a reactor whose requestTurn $what the kit ends, and the failures say so',
    async ({ create, message }) => {
      const failures = await failuresOf(create);
      expect(failures[0]).toContain(`host › C1: `);
      expect(failures[0]).toContain(message);
      expect(failures.filter((failure) => failure.includes(message)).length).toBeGreaterThan(50);
    },
    120_000,
  );

  it('C49: the failure of a reactor without keep-alive says what to do', async () => {
    const failures = await failuresOf(
      (options) => new HostReactor(options),
      (name) => name.startsWith('C25: a run keeps'),
    );
    expect(failures).toEqual([expect.stringContaining('capabilities: { keepAlive: false }')]);
  });

  /** A reactor that asks for turns and never gets one. */
  class Stuck extends HostReactor {
    protected override requestTurn(): () => void {
      return () => undefined;
    }
  }

  interface Test {
    readonly name: string;
    readonly body: () => Promise<void>;
  }

  /** The tests of the kit that are not skipped, for a test that plays the framework. */
  function testsOf(create: Subject['create']): Test[] {
    const tests: Test[] = [];
    register(
      {
        ...tinyRunner(),
        describe: (_name, body) => {
          body();
        },
        it: (name, body) => tests.push({ name, body: async () => body() }),
      },
      { create, capabilities: { keepAlive: false } },
    );
    return tests.filter(({ name }) => !name.includes('(skipped: '));
  }

  const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

  /**
   * Starts a test that hangs, gives it up as jest does, and runs other tests. After a test that fails, the next one begins in a microtask.
   * `First` makes the first two reactors: one for the check of `requestTurn()`, and one for the test that hangs. Resolves with the failures
   * of the other tests (`others`) and the error message of the test that hangs (`own`).
   */
  async function giveUpOne(First: typeof Stuck): Promise<{ readonly others: string[]; readonly own: unknown }> {
    let made = 0;
    const tests = testsOf((options) => (++made <= 2 ? new First(options) : new HostReactor(options)));
    const own = tests
      .find(({ name }) => name.startsWith('C4: a reactor made before'))
      ?.body()
      .catch(messageOf);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const others: string[] = [];
    for (const { name, body } of tests.filter((test) => /^C\d: /.test(test.name)))
      await body().catch((error: unknown) => others.push(`${name}: ${messageOf(error)}`));
    return { others, own: await own };
  }

  it('C49: a test that hangs, and that the framework has given up, fails no other test', async () => {
    const { others, own } = await giveUpOne(Stuck);
    expect(others).toEqual([]);
    expect(own).toMatch(/^the next test began before this one was over, .* one after another/);
  });

  // A real unhandled rejection would fail this test in jest. So the test only checks the order: crash, unhandled rejections, end of the watch.
  it('C49: unhandled rejections caused by the crash after a failed test are caught before the next test begins', async () => {
    const order: string[] = [];
    let crashes = 0;
    class Crashing extends Stuck {
      override crash(): void {
        super.crash();
        if (++crashes === 1) return; // by the check of `requestTurn()`
        order.push('crash');
        setImmediate(() => order.push('its rejections are unhandled'));
      }
    }
    const { off } = process;
    const spy = jest.spyOn(process, 'off').mockImplementation((event, listener) => {
      if (event === 'unhandledRejection') order.push('unwatch');
      return Reflect.apply(off, process, [event, listener]);
    });
    try {
      expect((await giveUpOne(Crashing)).others).toEqual([]);
    } finally {
      spy.mockRestore();
    }
    expect(order.slice(0, 3)).toEqual(['crash', 'its rejections are unhandled', 'unwatch']);
  });

  it('C49: of tests that begin at the same time only the last runs, and the others fail with the reason', async () => {
    let made = 0;
    const tests = testsOf((options) => {
      made++;
      return new HostReactor(options);
    }).slice(0, 5);
    const outcomes = await Promise.all(tests.map(({ body }) => body().then(() => 'passed', messageOf)));
    const reason = expect.stringMatching(/they share the host: run them one after another/) as unknown;
    expect(outcomes).toEqual([reason, reason, reason, reason, 'passed']);
    expect(made).toBeLessThan(tests.length);
  });

  it('C49: of a stall, at most half a second counts towards the time limit of a test', async () => {
    let called: () => void = () => undefined;
    const calledAtLast: Promise<'called'> = new Promise((resolve) => {
      called = () => {
        resolve('called');
      };
    });
    patientTimeout(600, called);
    const end = performance.now() + 700;
    while (performance.now() < end);
    const afterStall = new Promise((resolve) => setTimeout(resolve, 1, 'the host was free'));
    expect(await Promise.race([calledAtLast, afterStall])).toBe('the host was free');
    expect(await calledAtLast).toBe('called');
  });
});
