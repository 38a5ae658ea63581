import type { Clock } from '../ground/clock.ts';
import type { HostAbortSignal } from '../ground/host.ts';
import type { ServiceHost } from './service.ts';

/** A reactor's clock with a signal and a `waitUntil` of its own. Errors go to the reactor. */
export function bodyClock(
  app: ServiceHost,
  signal: HostAbortSignal,
  waitUntil: NonNullable<Clock['waitUntil']>,
): Clock & Pick<ServiceHost, 'report'> {
  return {
    now: () => app.now(),
    callSoon: (fn, options) => {
      app.callSoon(fn, options);
    },
    callLater: (ms, fn, options) => app.callLater(ms, fn, options),
    report: (error, source) => {
      app.report(error, source);
    },
    wallNow: () => app.wallNow?.() ?? NaN, // every reactor has both
    random: () => app.random?.() ?? NaN,
    signal,
    waitUntil,
  };
}
