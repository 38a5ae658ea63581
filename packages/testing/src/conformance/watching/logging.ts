import type { Logger, ReactorBase, ReactorOptions } from '@triphase/core';
import { fail } from '../functions.ts';
import type { Kit } from '../kit.ts';
import { runThrough } from '../running.ts';
import { RecordingLogger, withoutReportError } from './recording-logger.ts';

/** What a reactor logs, and where. C56. */
export function logging(kit: Kit): void {
  const { expect } = kit;

  const failOnce = (reactor: ReactorBase): void => {
    reactor.callSoon(fail);
    reactor.iterate();
  };

  kit.it('C56', 'with the option logger nothing is printed to the console of the host', () => {
    const [logger, console] = [new RecordingLogger(), new RecordingLogger()];
    failOnce(kit.createPlain({ logger, host: { ...withoutReportError, console } }));
    expect(logger.lines.length).toBe(1);
    expect(console.lines).toEqual([]);
  });

  kit.it('C56', 'the default logger is the console of the host', () => {
    const console = new RecordingLogger();
    failOnce(kit.createPlain({ host: { ...withoutReportError, console } }));
    expect(console.lines.length).toBe(1);
  });

  kit.it('C56', 'a run without errors logs nothing', async () => {
    const logger = new RecordingLogger();
    const options: ReactorOptions = { logger };
    await runThrough(kit.create(options), () => undefined);
    expect(logger.lines).toEqual([]);
  });

  kit.it('C56', 'the reactor goes on when its logger throws', () => {
    const broken: Logger = { info: fail, warn: fail, error: fail };
    const console = new RecordingLogger();
    const reactor = kit.createPlain({ logger: broken, host: { ...withoutReportError, console }, maxSliceMs: 1_000 });
    const ran: string[] = [];
    reactor.callSoon(fail);
    reactor.callSoon(() => ran.push('next'));
    reactor.iterate();
    expect(ran).toEqual(['next']);
  });
}
