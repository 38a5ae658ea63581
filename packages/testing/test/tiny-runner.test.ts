import { describe, expect, it } from '@jest/globals';
import { tinyRunner } from '@triphase/testing';

/** The message of an assertion that fails; `undefined` when it holds. */
function messageOf(assert: (expect: ReturnType<typeof tinyRunner>['expect']) => unknown): string | undefined {
  try {
    assert(tinyRunner().expect);
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
  return undefined;
}

const cyclic = (): object => {
  const value: { self?: object; n: number } = { n: 1 };
  value.self = value;
  return value;
};

describe('tinyRunner', () => {
  it('C49: tests run one after another, in order, and are counted', async () => {
    const runner = tinyRunner();
    const ran: string[] = [];
    runner.describe('outer', () => {
      runner.it('slow', async () => {
        await new Promise((resolve) => setImmediate(resolve));
        ran.push('slow');
      });
      runner.describe('inner', () => {
        runner.it('fails', () => {
          ran.push('fails');
          throw new Error('no');
        });
      });
      runner.it.skip('left out', () => void ran.push('left out'));
    });
    runner.it('rejects', () => Promise.reject(new Error('later')));
    const { passed, skipped, failures } = await runner.run();
    expect(ran).toEqual(['slow', 'fails']);
    expect({ passed, skipped }).toEqual({ passed: 1, skipped: 1 });
    expect(failures.map(({ test, error }) => `${test}: ${String(error)}`)).toEqual([
      'outer › inner › fails: Error: no',
      'rejects: Error: later',
    ]);
  });

  it('C49: after a group that throws while it registers, the names of the next tests are right', async () => {
    const runner = tinyRunner();
    expect(() =>
      runner.describe('broken', () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    runner.it('alone', () => Promise.reject(new Error('x')));
    expect((await runner.run()).failures[0]?.test).toBe('alone');
  });

  it('C49: toBe compares like Object.is, and its message says when another object is equal', () => {
    expect(messageOf((check) => check(NaN).toBe(NaN))).toBeUndefined();
    expect(messageOf((check) => check(0).toBe(-0))).toBe('expected 0 to be -0');
    expect(messageOf((check) => check([1]).toBe([1]))).toContain('another object: use toEqual');
    expect(messageOf((check) => check(1).not.toBe(1))).toBe('expected something else than 1');
    expect(messageOf((check) => check(1).not.toBe(2))).toBeUndefined();
  });

  it.each([
    {
      actual: [1, [2, { a: 'x' }]],
      expected: [1, [2, { a: 'x' }]],
    },
    { actual: { a: undefined, b: 1 }, expected: { b: 1 } },
    { actual: new Map([['k', [1]]]), expected: new Map([['k', [1]]]) },
    { actual: new Set([[1], [2]]), expected: new Set([[2], [1]]) },
    { actual: new Error('m'), expected: new Error('m') },
    { actual: new Date(5), expected: new Date(5) },
    { actual: /x/g, expected: /x/g },
    { actual: NaN, expected: NaN },
    { actual: cyclic(), expected: cyclic() },
  ])('C49: toEqual holds for $actual and an equal value', ({ actual, expected }) => {
    expect(messageOf((check) => check(actual).toEqual(expected))).toBeUndefined();
    expect(messageOf((check) => check(actual).not.toEqual(expected))).toContain('does not equal');
  });

  it.each<{ readonly actual: unknown; readonly expected: unknown; readonly where: string }>([
    { actual: [1, 2, 3], expected: [1, 2], where: 'has 3 items, not 2' },
    { actual: { a: { b: [1] } }, expected: { a: { b: [2] } }, where: '.a.b[0] is 1, not 2' },
    { actual: { a: 1 }, expected: { a: 1, b: 2 }, where: '.b is undefined, not 2' },
    { actual: new Map([['k', 1]]), expected: new Map([['k', 2]]), where: '.get("k") is 1, not 2' },
    { actual: new Map(), expected: new Map([['k', undefined]]), where: '.get("k") is missing' },
    { actual: new Set([1]), expected: new Set([2]), where: 'the set lacks 2' },
    { actual: new Set([1, 2]), expected: new Set([1]), where: 'the value is Set {1, 2}, not Set {1}' },
    { actual: new Set([1]), expected: new Set([1, undefined]), where: 'the set lacks undefined' },
    { actual: new Error('one'), expected: new Error('other'), where: 'the value is Error: one, not Error: other' },
    { actual: new TypeError('m'), expected: new Error('m'), where: 'the value is TypeError: m, not Error: m' },
    { actual: new Date(1), expected: new Date(2), where: 'the value is Date(1970-01-01T00:00:00.001Z)' },
    { actual: /x/g, expected: /x/i, where: 'the value is /x/g, not /x/i' },
    { actual: [], expected: {}, where: 'the value is [], not {}' },
    { actual: null, expected: {}, where: 'the value is null, not {}' },
    { actual: '1', expected: 1, where: 'the value is "1", not 1' },
    { actual: 0, expected: -0, where: 'the value is 0, not -0' },
    { actual: { [Symbol.for('s')]: 1 }, expected: { [Symbol.for('s')]: 2 }, where: '[Symbol(s)] is 1, not 2' },
  ])('C49: toEqual of $actual and $expected fails, and says where they differ', ({ actual, expected, where }) => {
    expect(messageOf((check) => check(actual).toEqual(expected))).toContain(where);
    expect(messageOf((check) => check(actual).not.toEqual(expected))).toBeUndefined();
  });

  const throwsRangeError = (): never => {
    throw new RangeError('a delay of -1 ms');
  };

  it.each<{ readonly what: string; readonly expected: unknown }>([
    { what: 'nothing', expected: undefined },
    { what: 'the class', expected: RangeError },
    { what: 'a base class', expected: Error },
    { what: 'a part of the message', expected: 'of -1' },
    { what: 'a pattern', expected: /delay.*ms/ },
    { what: 'an error with the same message', expected: new Error('a delay of -1 ms') },
  ])('C49: toThrow holds for $what', ({ expected }) => {
    expect(messageOf((check) => check(throwsRangeError).toThrow(expected))).toBeUndefined();
    expect(messageOf((check) => check(throwsRangeError).not.toThrow(expected))).toContain(
      'it threw RangeError: a delay of -1 ms',
    );
  });

  it.each<{ readonly what: string; readonly expected: unknown }>([
    { what: 'another class', expected: TypeError },
    { what: 'another text', expected: 'of 1' },
    { what: 'another pattern', expected: /^ms/ },
    { what: 'an error with another message', expected: new Error('a delay') },
  ])('C49: toThrow fails for $what', ({ expected }) => {
    expect(messageOf((check) => check(throwsRangeError).toThrow(expected))).toContain(
      'it threw RangeError: a delay of -1 ms',
    );
    expect(messageOf((check) => check(throwsRangeError).not.toThrow(expected))).toBeUndefined();
  });

  it('C49: toThrow fails for a function that returns, and for a value that is not a function', () => {
    expect(messageOf((check) => check(() => 1).toThrow())).toBe('expected the function to throw an error; it returned');
    expect(messageOf((check) => check(() => 1).not.toThrow())).toBeUndefined();
    expect(messageOf((check) => check(1).toThrow())).toBe('toThrow needs a function, not 1');
  });

  it('C49: toThrow works for thrown values that are not errors', () => {
    const fails = (): never => {
      throw undefined;
    };
    expect(messageOf((check) => check(fails).toThrow())).toBeUndefined();
    expect(messageOf((check) => check(fails).toThrow(Error))).toContain('it threw undefined');
  });

  it('C49: messages show values on one line, and shorten long and deep ones', () => {
    class Point {
      x = 1;
    }
    const deep = { a: { b: { c: { d: { e: 1 } } } } };
    const text = messageOf((check) =>
      check([new Point(), deep, 'x'.repeat(300), Array.from({ length: 30 }, (_, n) => n), 7n, cyclic(), fails]).toBe(0),
    );
    expect(text).toContain('Point { x: 1 }');
    expect(text).toContain('{ a: { b: { c: {…} } } }');
    expect(text).toContain('… 10 more');
    expect(text).toContain('7n');
    expect(text).toContain('[circular]');
    expect(text).toContain('[function fails]');
    expect(text?.length).toBeLessThan(700);
    expect(text).not.toContain('\n');
  });
});

function fails(): never {
  throw new Error('no');
}
