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

/** The part of `Life` that the host and the signal use. */
interface StoppableLife {
  stopSafely(run: Run, reason: StopReason): void;
  stopWith(run: Run, waitMode: 'grace' | 'none', reason: StopReason): void;
}

/** Makes the argument of `attachHost` for one run (C1). Its methods do nothing once the run is over. */
export function hostControl(
  run: Run,
  life: StoppableLife,
  env: ReactorEnvironment,
  loop: TurnLoop,
  registry: EventRegistry,
  hostEvents: HostEvents,
): HostControl {
  return {
    stop: (reason) => {
      if (!run.isAlive) return;
      // The host failed to start. (A program may use the same kind for its own stop, which isn't a failed start.)
      if (run.state === 'starting' && reason.kind === 'startup-failed') run.failedIn = { kind: 'host', name: 'setup' };
      life.stopSafely(run, reason);
    },
    escalate: (reason) => {
      if (run.isAlive) life.stopWith(run, 'none', reason);
    },
    fire: (type, detail, options) => {
      if (!run.isAlive) return;
      if (type === 'startup') {
        env.report(new ReservedEventError('startup is fired by the reactor alone'), { kind: 'host', name: 'fire' });
        return;
      }
      if (type !== 'shutdown') {
        hostEvents.fire(registry.event(type), detail, options.terminal, options.undoes);
        return;
      }
      const reason = detail as StopReason; // as: the detail of shutdown
      life.stopSafely(run, reason);
      if (!options.terminal) return;
      // Events that the host fired before, such as that the page is hidden, end first.
      hostEvents.close(reason, () => {
        if (run.isAlive) life.stopWith(run, 'grace', reason);
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
    shutdownReport: () => run.shutdown,
    hasTriggers: (type) => registry.hasTriggers(type),
    endSleeps: () => {
      if (run.isAlive) dropTimed(loop, env, 'The reactor stops', true);
    },
  };
}

/** Stops the run when the signal aborts (C24). */
export function stopOnAbort(run: Run, life: StoppableLife, signal: AbortSignalLike): void {
  const stopListening = listenToAbort(signal, () => {
    if (run.isAlive) life.stopSafely(run, { kind: 'abort', cause: abortReason(signal) });
  });
  run.keepResource('signal', { [dispose]: stopListening });
}
