/**
 * What a service does now. `ServiceNode` makes the moves.
 *
 *     idle ─► starting ─► started ─► up ─► closing ─────────────► stopped     shutdown
 *                 ▲                  └───► ending ─► stopping ─► stopped     a restart or a removal
 *                 └── stopped, failed                                         a restart
 *
 * | state      | shown as | meaning                                                     | next                            |
 * | ---------- | -------- | ----------------------------------------------------------- | ------------------------------- |
 * | `idle`     |          | has not started, or waits again for what it needs           | starting                        |
 * | `starting` |          | a startup function is pending                               | started, failed; stopped if cut |
 * | `started`  |          | the functions called so far have succeeded; more may follow | starting, up, closing, lost     |
 * | `up`       | started  | its start is over                                           | closing, ending, lost           |
 * | `closing`  | stopping | called by shutdown                                          | stopped                         |
 * | `ending`   | started  | is up; a restart or a removal will stop it                  | stopping                        |
 * | `stopping` |          | called by a restart or a removal                            | stopped; failed at a limit      |
 * | `stopped`  |          | nothing is left of it                                       | starting                        |
 * | `lost`     | failed   | went down by itself; its shutdown functions are still due   | stopping, closing; failed       |
 * | `failed`   |          | only a restart or the next run starts it again              | starting; idle in the next run  |
 *
 * Without functions to call, a service skips `starting`, `closing` or `stopping`. While the reactor runs, a service that is `idle`,
 * `started` or `stopped` is due: it starts as soon as all that it needs is up. After a crash, a service that had started is `started` in the
 * next run; one that was `starting` or `lost` starts from the beginning (C31).
 */
export type ServiceState =
  'idle' | 'starting' | 'started' | 'up' | 'closing' | 'ending' | 'stopping' | 'stopped' | 'lost' | 'failed';

/** The states that others see. */
export type ShownState = 'idle' | 'starting' | 'started' | 'stopping' | 'stopped' | 'failed';

/** The states that others are told by another name (C61). */
export const SHOWN: Readonly<Partial<Record<ServiceState, ShownState>>> = {
  up: 'started',
  closing: 'stopping',
  ending: 'started',
  lost: 'failed',
};

/** The part of a service that tells whether others need it. */
export interface Needed {
  readonly neededBy: readonly { readonly hasStarted: boolean; readonly state: ServiceState }[];
}
