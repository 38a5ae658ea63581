import type { HostControl, ReactorState, StopReason } from '@triphase/core';
import { describeWaiting, type ProcessLife, type Program } from '@triphase/core/process';
import type { TakenDenoHost } from './take-deno-host.ts';

/** What {@link stopOnUnload} needs of a running reactor. */
interface RunningReactor {
  readonly control: HostControl;
  readonly life: ProcessLife;
  /** Detaches `life` from the process, so that what an exit cuts is printed here alone. */
  readonly letGo: () => void;
  readonly program: Program | undefined;
  readonly state: () => ReactorState;
}

/**
 * Shuts down in the middle of `Deno.exit()` and `process.exit()`, until it is disposed (D4): all phases at once, since no promise job runs
 * any more. What that cuts is printed, and a status of 0 then becomes 1, as it does after a trigger that failed (N22).
 */
export function stopOnUnload(host: TakenDenoHost, reactor: RunningReactor): Disposable {
  const onUnload = (): void => {
    stop(host, reactor);
  };
  host.addEventListener('unload', onUnload);
  return {
    [Symbol.dispose]: () => {
      host.removeEventListener('unload', onUnload);
    },
  };
}

function stop({ process }: TakenDenoHost, { control, life, letGo, program, state }: RunningReactor): void {
  letGo();
  const before = state();
  const programPending = program?.waiting() ?? [];
  const reason: StopReason = { kind: 'unload' };
  control.fire('shutdown', reason, { terminal: true });
  // Without this, a phase that waits for a promise would be the last one that runs.
  control.escalate(reason);
  const shutdown = control.shutdownReport();
  const cut = describeWaiting([...programPending, ...(shutdown?.abandoned ?? [])]);
  const isCut = cut !== '' || before === 'stopping' || program?.isService === true;
  if (isCut) {
    const rest = shutdown === undefined ? 'the rest of its shutdown is not run' : 'no phase of its shutdown could wait';
    const what = cut === '' ? rest : `cut: ${cut}`;
    life.say(`the process exits while the reactor is ${before}; ${what}. Await stop() before exit()`);
  }
  const hasFailed = isCut || (shutdown?.errors.length ?? 0) > 0;
  if (hasFailed && Number(process.exitCode ?? 0) === 0) life.failed();
}
