import type { HostControl, Limits, Logger, OnError, ReactorBase } from '@triphase/core';
import type { Program } from './program.ts';
import type { ReactorHandle } from './reactor-handle.ts';
import { ReloadRequests } from './reload-requests.ts';

/** What a run has, besides its reactor. */
interface RunParts {
  readonly control: HostControl;
  readonly logger: Logger;
  readonly onError: OnError | undefined;
  /** Of the shutdown. */
  readonly limits: Limits;
  /** Of the services used; milliseconds. */
  readonly leadTime: () => number;
  readonly program: Program | undefined;
  /** Called when there are reloads to fire. It must call `fireAll`, which fires them. Default: `fireAll` is called directly. */
  readonly announce?: ((fireAll: () => Promise<void>) => void) | undefined;
}

/** The reactor, as the life of its process sees it. Called when its run begins. */
export function handleOf(reactor: ReactorBase, parts: RunParts): ReactorHandle {
  const { control, logger, onError, limits, leadTime, program, announce } = parts;
  const { startupReport } = reactor;
  const state = (): ReactorBase['state'] => reactor.state;
  const reloads = new ReloadRequests({
    state,
    startupReport,
    // The program may be firing it too: then it comes after that.
    fire: (detail) => reactor.fire('reload', detail, { whenFiring: 'again' }),
    announce: (fireAll) => {
      if (announce === undefined) void fireAll();
      else announce(fireAll);
    },
  });
  return {
    control,
    logger,
    onError,
    deadline: limits.deadline ?? Infinity,
    signal: reactor.signal,
    leadTime,
    pending: () => [...reactor.pending(), ...(program?.waiting() ?? [])],
    state,
    startupReport,
    reload: (detail) => {
      reloads.add(detail);
    },
    program,
  };
}
