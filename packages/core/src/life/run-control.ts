import { abortReason, listenToAbort } from '../ground/abort-listener.ts';
import { ReservedEventError } from '../ground/errors.ts';
import type { EventRegistry } from '../events/event-registry.ts';
import type { ReactorEnvironment } from './reactor-environment.ts';
import { dispose, type AbortSignalLike, type StopReason } from '../ground/host.ts';
import type { HostControl } from '../ground/host-control.ts';
import type { HostEvents } from './host-events.ts';
import { dropTimed } from './run-end.ts';
import type { Run } from './run.ts';
import type { TurnLoop } from '../turn/turn-loop.ts';

/** The hooks of a subclass of the reactor (C1). */
export interface HostHooks {
  acquireKeepAlive(): Disposable | undefined;
  attachHost(control: HostControl): Disposable | undefined;
}

/** What the host can request of one run. */
export interface RunRequests {
  /** Whether this run is the one under way, and has not ended. */
  isAlive(): boolean;
  /** Never throws: a host that gives no turn for it does not hold the stop. */
  stop(reason: StopReason): void;
  /** Stops the run, or changes the stop under way, so that phases wait for no more than `waitMode` says (C32). */
  stopWith(waitMode: 'grace' | 'none', reason: StopReason): void;
}

/** Makes the argument of `attachHost` for one run (C1). Its methods do nothing once the run is over. */
export function hostControl(
  run: Run,
  life: RunRequests,
  env: ReactorEnvironment,
  loop: TurnLoop,
  events: EventRegistry,
  hostEvents: HostEvents,
): HostControl {
  return {
    stop: (reason) => {
      if (!life.isAlive()) return;
      // The host failed to start. (A program may use the same kind for its own stop, which isn't a failed start.)
      if (run.state === 'starting' && reason.kind === 'startup-failed') run.failedIn = { kind: 'host', name: 'setup' };
      life.stop(reason);
    },
    escalate: (reason) => {
      if (life.isAlive()) life.stopWith('none', reason);
    },
    fire: (type, detail, options) => {
      if (!life.isAlive()) return;
      if (type === 'startup') {
        env.report(new ReservedEventError('startup is fired by the reactor alone'), { kind: 'host', name: 'fire' });
        return;
      }
      if (type !== 'shutdown') {
        hostEvents.fire(events.event(type), detail, options, { kind: 'terminal', cause: type });
        return;
      }
      const reason = detail as StopReason; // as: the detail of shutdown
      life.stop(reason);
      if (!options.terminal) return;
      // Events that the host fired before, such as that the page is hidden, end first.
      hostEvents.flush(reason, () => {
        if (life.isAlive()) life.stopWith('grace', reason);
      });
    },
    report: (error, source) => {
      env.report(error, source);
    },
    holdStart: ({ stopWaits = false } = {}) => {
      const hold = { stopWaits };
      run.holds.add(hold);
      return () => {
        run.holds.delete(hold);
        run.advance();
      };
    },
    hasTriggers: (type) => events.hasTriggers(type),
    endSleeps: () => {
      if (life.isAlive()) dropTimed(loop, env, 'The reactor stops', true);
    },
  };
}

/** Stops the run when the signal aborts (C24). */
export function stopOnAbort(run: Run, life: RunRequests, signal: AbortSignalLike): void {
  const stopListening = listenToAbort(signal, () => {
    if (life.isAlive()) life.stop({ kind: 'abort', cause: abortReason(signal) });
  });
  run.hold('signal', { [dispose]: stopListening });
}
