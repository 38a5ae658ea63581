import { describe, expect, it, jest } from '@jest/globals';
import { ManualReactor, reactorConformance, tinyRunner, type Subject, type TestRunner } from '@triphase/testing';
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
});
