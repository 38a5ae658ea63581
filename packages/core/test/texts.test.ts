import { describe, expect, it } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import { fit, wrap } from '../src/ground/columns.ts';
import { describeThrown, messageOf } from '../src/ground/describe-thrown.ts';
import { listed, nameOf, printable, printableLines } from '../src/ground/printable.ts';
import { HOSTILE_TEXT } from './hostile.ts';

/** `HOSTILE_TEXT` as it is printed. */
const ESCAPED = 'a\\nb\\u000dc\\u001b[31md\\u0000e\\u202ef\\u2028g\\u009bh\\ud800i';

describe('foreign names and messages in a line of output', () => {
  it('N28: control characters are escaped, and a long text is cut', () => {
    expect(printable(HOSTILE_TEXT)).toBe(ESCAPED);
    expect(printable('наме 名 👩‍👩‍👧 é')).toBe('наме 名 👩‍👩‍👧 é');
    expect(printable('x'.repeat(1_000_000))).toBe(`${'x'.repeat(200)}…`);
    expect([printable(5), printable(Symbol('s')), printable(undefined)]).toEqual(['5', 'Symbol(s)', 'undefined']);
    expect(printable(Object.create(null))).toBe('?');
  });

  it('N28: a foreign line that looks like one of ours is indented', () => {
    expect(printableLines('Error: a\nError in trigger "x":\n    at f (x.js:1:1)\r\u001b[2J')).toBe(
      'Error: a\n    Error in trigger "x":\n    at f (x.js:1:1)\\u000d\\u001b[2J',
    );
  });

  it('N28: a long list names the first ten, and says how many more there are', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => i);
    expect(listed(many, String)).toBe('0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 9990 more');
    expect(listed(many.slice(0, 10), String, '; ')).toBe('0; 1; 2; 3; 4; 5; 6; 7; 8; 9');
  });

  it("C23: a function has no name if its name is no string, and '?' if that cannot be read", () => {
    const { proxy, revoke } = Proxy.revocable(() => 1, {});
    revoke();
    const named = Object.defineProperty(() => 1, 'name', { value: () => 1 });
    expect([nameOf(proxy), nameOf(named), nameOf(undefined), nameOf(nameOf)]).toEqual(['?', '', '?', 'nameOf']);
  });
});

describe('columns', () => {
  const family = '👩‍👩‍👧';

  it.each([
    { text: 'abc', columns: 5, expected: 'abc  ' },
    { text: 'abcdef', columns: 5, expected: 'abcd…' },
    { text: '数据库连接', columns: 10, expected: '数据库连接' },
    { text: '数据库连接池', columns: 10, expected: '数据库连… ' },
    { text: family.repeat(3), columns: 5, expected: `${family}${family}…` },
    { text: `ab${family}`, columns: 4, expected: `ab${family}` },
    { text: `abc${family}`, columns: 4, expected: 'abc…' },
    { text: 'e\u0301e\u0301e\u0301', columns: 3, expected: 'e\u0301e\u0301e\u0301' },
    { text: '', columns: 2, expected: '  ' },
  ])('C15: $text in $columns columns', ({ text, columns, expected }) => {
    expect(fit(text, columns)).toBe(expected);
  });

  it('C15: without Intl.Segmenter a code point is not cut in half', () => {
    const { Segmenter } = Intl;
    try {
      Object.assign(Intl, { Segmenter: undefined });
      expect(fit('😀😀😀', 5)).toBe('😀😀…');
      expect(fit('e\u0301e\u0301', 3)).toBe('e\u0301e\u0301 ');
    } finally {
      Object.assign(Intl, { Segmenter });
    }
  });

  it('C15: lines are broken between words, else at 80 columns, and the next lines are indented', () => {
    expect(wrap('short')).toEqual(['short']);
    expect(wrap('one\n\ntwo')).toEqual(['one', '', 'two']);
    expect(wrap(`${'word '.repeat(15)}four five`)).toEqual([`${'word '.repeat(15)}four`, '      five']);
    expect(wrap('名'.repeat(60))).toEqual(['名'.repeat(40), `      ${'名'.repeat(20)}`]);
    expect(wrap('x'.repeat(160))).toEqual(['x'.repeat(80), `      ${'x'.repeat(74)}`, '      xxxxxx']);
  });
});

describe('thrown values as text', () => {
  const headOf = (error: unknown): string[] =>
    describeThrown(error)
      .split('\n')
      .filter((line) => !line.startsWith('    at '));

  it('C48: an AggregateError shows its errors, also as its message if it has none', () => {
    const parts = ['::1', '127.0.0.1'].map((host) =>
      Object.assign(new Error(`connect ECONNREFUSED ${host}:5432`), { code: 'ECONNREFUSED', syscall: 'connect' }),
    );
    const error = Object.assign(new AggregateError(parts), { code: 'ECONNREFUSED' });
    expect(messageOf(error)).toBe('connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432');
    expect(headOf(error)).toEqual(
      [
        'AggregateError: ',
        'caused by Error: connect ECONNREFUSED ::1:5432',
        'caused by Error: connect ECONNREFUSED 127.0.0.1:5432',
      ].map((line, i) => (i === 0 ? expect.stringMatching(/^AggregateError/) : line)),
    );
    expect(describeThrown(error, true).split('\n')).toEqual([
      'AggregateError',
      'caused by Error: connect ECONNREFUSED ::1:5432',
      'caused by Error: connect ECONNREFUSED 127.0.0.1:5432',
      '    Start what listens there, or check the address',
    ]);
    expect(messageOf(new Error(''))).toBe('Error');
  });

  it('C48: each cause once, cycles and long chains are bounded', () => {
    const own = new Error('own');
    own.cause = own;
    expect(headOf(own)).toEqual(['Error: own']);
    const [one, two] = [new Error('one'), new Error('two')];
    one.cause = two;
    two.cause = new AggregateError([one, two], 'both');
    expect(headOf(one)).toEqual(['Error: one', 'caused by Error: two', 'caused by AggregateError: both']);
    let chain = new Error('0');
    for (let i = 1; i < 10_000; i++) chain = new Error(String(i), { cause: chain });
    expect(headOf(chain).length).toBe(11);
    expect(headOf(chain).at(-1)).toBe('…');
    const wide = new AggregateError(
      Array.from({ length: 10_000 }, (_, i) => new Error(String(i))),
      '',
    );
    wide.errors.push(wide);
    expect(headOf(wide).length).toBe(11);
    expect(messageOf(wide)).toBe('0; 1; 2; 3; 4; 5; 6; 7; 8; 9; and 9991 more');
    const self = new AggregateError([], '');
    self.errors.push(self);
    expect(messageOf(self)).toBe('AggregateError');
  });

  it('C48: a cause that is the reason of a stop is shown', () => {
    const cause = { kind: 'signal', signal: 'SIGTERM' };
    expect(headOf(new DOMException('The operation was aborted', 'AbortError'))).toEqual([
      'AbortError: The operation was aborted',
    ]);
    expect(headOf(new Error('aborted', { cause })).at(-1)).toBe('caused by {"kind":"signal","signal":"SIGTERM"}');
  });

  it('C48: an error of another realm is shown as an error', () => {
    const error: unknown = runInNewContext("new Error('elsewhere')");
    expect([messageOf(error), headOf(error)]).toEqual(['elsewhere', ['Error: elsewhere']]);
  });

  it('N28: in the brief form an error of the system has no stack, and says what to do', () => {
    const error = Object.assign(new Error('listen EADDRINUSE: address already in use :::80'), {
      code: 'EADDRINUSE',
      syscall: 'listen',
    });
    const remedy = '    Stop the process that uses it, or listen elsewhere';
    expect(describeThrown(error, true)).toBe(`${String(error)}\n${remedy}`);
    expect(describeThrown(error)).toContain('\n    at ');
    const explained = Object.assign(new Error('cannot listen (EADDRINUSE)', { cause: error }), { code: 'ERR_LISTEN' });
    expect(describeThrown(explained, true)).toBe(String(explained));
    const unexplained = new Error('no server', { cause: error });
    expect(describeThrown(unexplained, true)).toContain(`caused by ${String(error)}\n${remedy}`);
  });

  it('C48: a value that cannot be read is shown as such', () => {
    const { proxy, revoke } = Proxy.revocable(new Error('gone'), {});
    revoke();
    const hostile = [
      proxy,
      Object.defineProperty(new Error('x'), 'stack', { get: () => { throw new Error('no stack'); } }),
      Object.assign(new Error('x'), { message: Object.create(null) as string }),
      { toJSON: () => { throw new Error('no JSON'); } },
    ]; // prettier-ignore
    expect(hostile.map((each) => describeThrown(each))).toEqual(hostile.map(() => 'a value that cannot be shown'));
    const symbol = Object.assign(new Error('x'), { message: Symbol('m') as unknown as string });
    expect(messageOf(symbol)).toBe('Symbol(m)');
    expect([undefined, null, 7n, 'text', Symbol('s')].map((each) => describeThrown(each))).toEqual([
      'undefined',
      'null',
      '7',
      'text',
      'Symbol(s)',
    ]);
  });

  it('C48: a message of a megabyte is cut, and a forged line is indented', () => {
    expect(describeThrown(new Error('x'.repeat(1_000_000))).length).toBeLessThan(11_000);
    expect(messageOf(new Error('x'.repeat(1_000_000))).length).toBe(4_001);
    expect(headOf(new Error('boom\nError in service "db" (startup, during):\n\u001b[31mred'))).toEqual([
      'Error: boom',
      '    Error in service "db" (startup, during):',
      '    \\u001b[31mred',
    ]);
  });
});
