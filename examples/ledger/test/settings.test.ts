import { describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { checkSettings, readSettings, SettingsError } from '../src/settings.ts';

function problemsOf(environment: Record<string, string>): string {
  try {
    checkSettings(readSettings(environment));
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as SettingsError).message;
  }
  throw new Error('these settings were accepted');
}

describe('settings', () => {
  it('defaults: port 3000, the embedded database in ./data, no lead time, 25 s for a stop, ten failures', () => {
    expect(readSettings({})).toEqual({
      port: 3000,
      database: { kind: 'embedded', folder: resolve('data') },
      leadTime: 0,
      idleGrace: 500,
      shutdownDeadline: 25_000,
      giveUpAfter: 10,
      problems: [],
    });
    checkSettings(readSettings({}));
  });

  it('an empty variable counts as not set', () => {
    const names = [
      'PORT',
      'DATA_DIR',
      'DATABASE_URL',
      'LEAD_TIME_MS',
      'IDLE_GRACE_MS',
      'SHUTDOWN_DEADLINE_MS',
      'GIVE_UP_AFTER',
      'LEDGER_FAULT',
    ];
    expect(readSettings(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readSettings({}));
  });

  it.each([
    { text: '0', port: 0 },
    { text: '8080', port: 8080 },
    { text: '65535', port: 65_535 },
  ])('PORT=$text is accepted', ({ text, port }) => {
    expect(readSettings({ PORT: text }).port).toBe(port);
  });

  it.each(['abc', '-1', '65536', '80.5', '0x50', ' 80', '1e3', '123456789'])(
    'PORT=%s is refused, and the message shows the value',
    (text) => {
      expect(problemsOf({ PORT: text })).toBe(
        `PORT must be a whole number from 0 (any free port) to 65535; it is ${JSON.stringify(text)}`,
      );
    },
  );

  it('DATA_DIR is made absolute', () => {
    expect(readSettings({ DATA_DIR: 'x/y' }).database).toEqual({ kind: 'embedded', folder: resolve('x/y') });
  });

  it.each([
    'postgres://u:p@localhost:5432/db',
    'postgresql:///db?host=/run/postgresql',
    'postgres://u@/db?host=/run/postgresql',
  ])('DATABASE_URL=%s is accepted', (url) => {
    expect(readSettings({ DATABASE_URL: url }).database).toEqual({ kind: 'server', url });
  });

  it.each(['mysql://localhost/db', 'localhost', 'postgres://u:secret@host:port/db'])(
    'DATABASE_URL=%s is refused, and the message does not show it, since it may have a password',
    (url) => {
      const problems = problemsOf({ DATABASE_URL: url });
      expect(problems).toContain('DATABASE_URL must be a URL such as');
      expect(problems).not.toContain(url);
      expect(problems).not.toContain('secret');
    },
  );

  it('DATA_DIR together with DATABASE_URL is refused', () => {
    expect(problemsOf({ DATA_DIR: 'x', DATABASE_URL: 'postgres://h/db' })).toContain('both set');
  });

  it('SHUTDOWN_DEADLINE_MS=1500 is accepted', () => {
    expect(readSettings({ SHUTDOWN_DEADLINE_MS: '1500' })).toMatchObject({ shutdownDeadline: 1_500, problems: [] });
  });

  it.each(['0', '-1', '1.5', '25s', '1e3', '1234567890'])(
    'SHUTDOWN_DEADLINE_MS=%s is refused, and the message shows the value',
    (text) => {
      expect(problemsOf({ SHUTDOWN_DEADLINE_MS: text })).toBe(
        `SHUTDOWN_DEADLINE_MS must be a whole number of milliseconds above 0; it is ${JSON.stringify(text)}`,
      );
    },
  );

  it.each([
    { text: '0', deadline: undefined, leadTime: 0 },
    { text: '12500', deadline: undefined, leadTime: 12_500 },
    { text: '500', deadline: '1000', leadTime: 500 },
  ])('N13: LEAD_TIME_MS=$text with SHUTDOWN_DEADLINE_MS=$deadline is accepted', ({ text, deadline, leadTime }) => {
    const settings = readSettings({ LEAD_TIME_MS: text, SHUTDOWN_DEADLINE_MS: deadline });
    expect(settings).toMatchObject({ leadTime, problems: [] });
  });

  it.each(['12501', '-1', '1.5', '5s', '1e3', '1234567890'])(
    'N13: LEAD_TIME_MS=%s is refused, and the message shows the value',
    (text) => {
      expect(problemsOf({ LEAD_TIME_MS: text })).toBe(
        `LEAD_TIME_MS must be a whole number of milliseconds, at most half of SHUTDOWN_DEADLINE_MS (25000); it is ${JSON.stringify(text)}`,
      );
    },
  );

  it('N13: LEAD_TIME_MS above half of SHUTDOWN_DEADLINE_MS is refused', () => {
    expect(problemsOf({ LEAD_TIME_MS: '501', SHUTDOWN_DEADLINE_MS: '1000' })).toContain('at most half');
  });

  it('C59: GIVE_UP_AFTER=1 is accepted', () => {
    expect(readSettings({ GIVE_UP_AFTER: '1' })).toMatchObject({ giveUpAfter: 1, problems: [] });
  });

  it.each(['0', '-1', '1.5', 'never', '1234567890'])(
    'C59: GIVE_UP_AFTER=%s is refused, and the message shows the value',
    (text) => {
      expect(problemsOf({ GIVE_UP_AFTER: text })).toBe(
        `GIVE_UP_AFTER must be a whole number above 0; it is ${JSON.stringify(text)}`,
      );
    },
  );

  it('LEDGER_FAULT must be a known fault, and the message lists them', () => {
    expect(readSettings({}).fault).toBeUndefined();
    expect(readSettings({ LEDGER_FAULT: 'hang' }).fault).toBe('hang');
    expect(problemsOf({ LEDGER_FAULT: 'toString' })).toBe(
      'LEDGER_FAULT must be one of throw, reject, hang, block, uncaught, slow-migration, ' +
        'crash-once, crash-three-times, crash-forever, slow-work; it is "toString"',
    );
  });

  it('the error has a line for each problem', () => {
    expect(
      problemsOf({
        PORT: 'abc',
        DATABASE_URL: 'nowhere',
        LEAD_TIME_MS: 'x',
        SHUTDOWN_DEADLINE_MS: 'x',
        GIVE_UP_AFTER: 'x',
        LEDGER_FAULT: 'x',
      }).split('\n'),
    ).toHaveLength(6);
  });
});
