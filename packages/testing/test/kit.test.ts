import { describe, expect, it, jest } from '@jest/globals';
import { ManualReactor, reactorConformance, tinyRunner, type Subject, type TestRunner } from '@triphase/testing';

const subject: Subject = {
  name: 'a reactor',
  create: (options) => new ManualReactor({ ...options, autojump: true }),
  capabilities: { movingClock: false },
};

/** Registers the kit and prints nothing. */
function register(runner: TestRunner, changes: Partial<Subject>): string[] {
  const info = jest.spyOn(console, 'info').mockReturnValue(undefined);
  try {
    reactorConformance(runner, { ...subject, ...changes });
    return info.mock.calls.map(([text]) => String(text));
  } finally {
    info.mockRestore();
  }
}

describe('the frame of the conformance kit', () => {
  it('C49: each test is named by the number of its statement', () => {
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

  it('C49: a skip and a missing capability are printed, and show in the names of the tests', () => {
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

  it('C49: without capabilities and skips nothing is printed', () => {
    expect(register(tinyRunner(), { capabilities: {} })).toEqual([]);
  });

  it('C49: a runner that knows skipped tests counts them', async () => {
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

  it('C49: a skip of what has no test, or without a reason, is a RangeError', () => {
    expect(() => register(tinyRunner(), { skip: { C99: 'typo' } })).toThrow(/C99, which has no test/);
    expect(() => register(tinyRunner(), { skip: { C37: ' ' } })).toThrow(/no reason for C37/);
  });
});
