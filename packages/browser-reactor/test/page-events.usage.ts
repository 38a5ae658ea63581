import { BrowserReactor, type Frame } from '@triphase/browser-reactor';
import { ReactorBase, type StopReason } from '@triphase/core';

/** Uses that must compile, and uses that must not (B8, C8). */
export function usage(
  typed: BrowserReactor<{ reload: { path: string } }>,
  plain: BrowserReactor,
  library: (reactor: ReactorBase) => void,
): void {
  for (const reactor of [typed, plain]) library(reactor);
  typed.on('hidden', ({ detail }): boolean => detail.persisted);
  typed.on('shutdown', ({ detail }): StopReason => detail);
  typed.once('reload', ({ detail }): string => detail.path);
  plain.on('suspend', ({ detail }): boolean => detail.persisted);
  plain.on('anything', ({ detail }): unknown => detail);
  void typed.fire('visible', { persisted: false });
  plain.onFrame(({ time, delta, alpha }) => time + delta + alpha);
  plain.onFrame({ read: (frame: Frame) => frame.time }, { fixedStep: 10, maxSteps: 2, name: 'scene' });
  plain.send('/', new Uint8Array(1));
  // @ts-expect-error misspelt page event
  typed.on('hiden', () => 1);
  // @ts-expect-error wrong detail
  void typed.fire('resume', { kept: true });
  // @ts-expect-error missing detail
  void typed.fire('suspend');
  // @ts-expect-error misspelt phase of a frame
  plain.onFrame({ rendr: () => 1 });
  // @ts-expect-error no such policy
  new BrowserReactor({ whenHidden: 'sleep' });
}
