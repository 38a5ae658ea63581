import { describe, expect, test } from '@jest/globals';
import { NodeReactor } from '@triphase/node-reactor';
import { pino } from 'pino';

/** A pino logger whose lines are kept in `lines`. */
function loggerWithLines(): { readonly logger: pino.Logger; readonly lines: unknown[] } {
  const lines: unknown[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { logger, lines };
}

describe('C56: a pino logger can be the option logger', () => {
  test('C48, C56: an error is one line of level error, with its source first and its stack', async () => {
    const { logger, lines } = loggerWithLines();
    const reactor = new NodeReactor({ signals: false, logger });
    reactor.once(
      'shutdown',
      () => {
        throw new Error('the pool is gone');
      },
      { name: 'pool' },
    );
    reactor.callWhenRunning(() => void reactor.stop());
    await reactor.run();
    expect(lines).toEqual([
      {
        level: 50,
        msg: expect.stringMatching(/^Error in trigger "pool" \(shutdown, during\):\nError: the pool is gone\n +at /),
      },
    ]);
  });

  test('C56: a child logger can be the option logger, too, and its bindings are in the line', async () => {
    const { logger, lines } = loggerWithLines();
    const reactor = new NodeReactor({ signals: false, logger: logger.child({ part: 'reactor' }) });
    reactor.callSoon(() => {
      throw new Error('no');
    });
    reactor.callWhenRunning(() => void reactor.stop());
    await reactor.run();
    expect(lines).toEqual([{ level: 50, part: 'reactor', msg: expect.stringContaining('Error: no') }]);
  });
});
