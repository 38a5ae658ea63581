import { describe, expect, it } from '@jest/globals';
import type { ReactorOptions } from '@triphase/core';
import { HandTurnedReactor } from './hand-turned-reactor.ts';

/** The text that the logger of a reactor prints while `act` runs. */
async function printed(options: ReactorOptions, act: (reactor: HandTurnedReactor) => unknown): Promise<string> {
  const lines: string[] = [];
  const ignore = (): void => undefined;
  const logger = { info: ignore, warn: ignore, error: (text: unknown) => void lines.push(String(text)) };
  await act(new HandTurnedReactor({ ...options, logger }));
  return lines.join('\n');
}

/** Throws the error in a trigger. */
const fails = (error: Error) => (reactor: HandTurnedReactor) => {
  const fail = (): void => {
    throw error;
  };
  reactor.on('reload', fail, { name: 'config' });
  return reactor.fire('reload');
};

describe('an error that is printed', () => {
  it('C48: names its trigger, event and phase, and with debug where that was registered', async () => {
    const text = await printed({ debug: true }, fails(new Error('disk full')));
    expect(text).toMatch(/"config" \(reload, during\)[^]*disk full[^]*\nregistered [^]*printed-errors\.test/);
  });

  it('C48: does not say where it was registered without debug', async () => {
    expect(await printed({}, fails(new Error('disk full')))).not.toContain('registered');
  });

  it('C48: an error of the system is printed without its stack where a trigger is named, else with it', async () => {
    const message = 'listen EADDRINUSE: address already in use :::80';
    const inUse = Object.assign(new Error(message), { code: 'EADDRINUSE', syscall: 'listen' });
    expect(await printed({}, fails(inUse))).not.toMatch(/^ +at /m);
    expect(await printed({}, (reactor) => reactor.report(inUse))).toMatch(/^ +at /m);
  });

  const inUse = Object.assign(new Error('Address already in use (os error 98)'), { name: 'AddrInUse' });
  const refused = Object.assign(new Error('Requires net access'), { name: 'NotCapable' });
  const wrap = (cause: Error): Error => Object.assign(new Error('cannot listen', { cause }), { code: 'ERR_LISTEN' });

  it.each([
    { name: 'of Deno', error: inUse },
    { name: 'that wraps one of Deno', error: wrap(inUse) },
    { name: 'that wraps a missing permission', error: wrap(refused) },
  ])('N28: an error of the system $name, without a syscall, is printed without its stack, too', async ({ error }) => {
    expect(await printed({}, fails(error))).not.toMatch(/^ +at /m);
  });

  it('C48: is printed with the name of its class, also if its stack has the name of the base class', async () => {
    const error = Object.assign(new Error('cut'), { name: 'RequestCutError', stack: 'Error: cut\n    at here' });
    expect(await printed({}, (reactor) => reactor.report(error))).toMatch(/^RequestCutError: cut\n    at here/m);
  });
});
