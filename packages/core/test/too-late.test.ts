import { describe, expect, it } from '@jest/globals';
import { ReactorNotRestartableError } from '@triphase/core';
import { HostedReactor } from './hosted-reactor.ts';

describe('calls that come too late', () => {
  it('C24: run throws ReactorNotRestartableError also when shutdown is over and the end of the run abandons firings', async () => {
    const reactor = new HostedReactor();
    const thrown: unknown[] = [];
    reactor.on('event', ({ signal }) => {
      signal.addEventListener('abort', () => {
        try {
          void reactor.run();
        } catch (error) {
          thrown.push(error);
        }
      });
      return new Promise(() => undefined);
    });
    const ended = reactor.run();
    void reactor.fire('event');
    void reactor.stop();
    reactor.pump();
    await ended;
    expect(thrown).toEqual([expect.any(ReactorNotRestartableError)]);
  });

  it('C17: PhasePassedError says what to use instead', () => {
    const reactor = new HostedReactor();
    void reactor.run();
    expect(() => reactor.on('startup', () => undefined)).toThrow(/callWhenRunning/);
    reactor.on('shutdown', {
      during: () => {
        expect(() => reactor.once('shutdown', { before: () => undefined })).toThrow(/later phase/);
        reactor.journal.push('refused');
      },
    });
    void reactor.stop();
    reactor.pump();
    expect(reactor.journal).toContain('refused');
  });
});
