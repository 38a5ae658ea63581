import type { TriggerHandle } from '@triphase/core';
import type { CountingReactor } from './counting-reactor.ts';

/** The parts of a run that the calls use. */
interface Life {
  readonly reactor: CountingReactor;
  readonly controller: AbortController;
  readonly handles: readonly TriggerHandle[];
  /** Notes a promise that must settle. */
  readonly keep: (promise: Promise<unknown>) => void;
}

/** The calls that a hook makes, by name. */
export const CALLS = {
  stop: ({ reactor, keep }) => {
    keep(reactor.stop());
  },
  crash: ({ reactor }) => {
    reactor.crash();
  },
  escalate: ({ reactor }) => {
    reactor.escalate();
  },
  run: ({ reactor, keep }) => {
    keep(reactor.run());
  },
  dispose: ({ reactor, keep }) => {
    keep(reactor[Symbol.asyncDispose]());
  },
  'crash, run': ({ reactor, keep }) => {
    reactor.crash();
    keep(reactor.run());
  },
  'crash, run, stop': ({ reactor, keep }) => {
    reactor.crash();
    keep(reactor.run());
    keep(reactor.stop());
  },
  'crash, run, escalate': ({ reactor, keep }) => {
    reactor.crash();
    keep(reactor.run());
    reactor.escalate();
  },
  'stop, crash': ({ reactor, keep }) => {
    keep(reactor.stop());
    reactor.crash();
  },
  'escalate, crash, dispose': ({ reactor, keep }) => {
    reactor.escalate();
    reactor.crash();
    keep(reactor[Symbol.asyncDispose]());
  },
  fire: ({ reactor, keep }) => {
    keep(reactor.fire('other'));
  },
  'fire again': ({ reactor, keep }) => {
    keep(reactor.fire('job', undefined, { whenFiring: 'again' }));
  },
  remove: ({ handles }) => {
    for (const handle of handles) handle.remove();
  },
  add: ({ reactor }) => {
    for (const event of ['shutdown', 'startup'] as const) reactor.once(event, () => undefined);
  },
  use: ({ reactor }) => {
    reactor.use({ name: 'late', startup: { during: () => undefined }, shutdown: { during: () => undefined } });
  },
  callWhenRunning: ({ reactor }) => {
    reactor.callWhenRunning(() => undefined);
  },
  waitUntil: ({ reactor }) => {
    reactor.waitUntil(Promise.resolve());
  },
  callLater: ({ reactor }) => {
    reactor.callLater(0, () => undefined, { onDrop: () => undefined });
    reactor.callSoon(() => undefined);
  },
  iterate: ({ reactor }) => {
    reactor.iterate();
  },
  'host: stop': ({ reactor }) => {
    reactor.control?.stop({ kind: 'startup-failed', cause: new Error('by the host') });
  },
  'host: escalate': ({ reactor }) => {
    reactor.control?.escalate({ kind: 'host' });
  },
  'host: leave': ({ reactor }) => {
    reactor.control?.fire('shutdown', { kind: 'pagehide' }, { terminal: true });
  },
  'host: fire': ({ reactor }) => {
    reactor.control?.fire('job', undefined, { terminal: false });
    reactor.control?.fire('other', undefined, { terminal: true });
  },
  'host: hold': ({ reactor }) => {
    reactor.control?.holdStart()();
  },
  throw: () => {
    throw new Error('thrown by a hook');
  },
} satisfies Record<string, (life: Life) => void>;

/** How a run is ended, if the call has not ended it. */
export const ENDS = {
  stop: ({ reactor, keep }) => {
    keep(reactor.stop());
  },
  abort: ({ controller }) => {
    controller.abort();
  },
  escalate: ({ reactor }) => {
    reactor.escalate();
  },
  crash: ({ reactor }) => {
    reactor.crash();
  },
  leave: CALLS['host: leave'],
} satisfies Record<string, (life: Life) => void>;
