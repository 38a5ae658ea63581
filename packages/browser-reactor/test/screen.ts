import type { FrameOptions } from '@triphase/browser-reactor';
import { fakePage, running } from './page.ts';

/** The step of a game with 60 steps a second. Milliseconds. */
export const STEP: number = 1000 / 60;

/** Browsers round timestamps to multiples of these. Milliseconds. 0: not at all. */
const GRAINS = [0, 0.1, 1];

/** Each rate with each rounding, as rows of a table. */
export const screens = (...rates: readonly number[]): { readonly hz: number; readonly grain: number }[] =>
  GRAINS.flatMap((grain) => rates.map((hz) => ({ hz, grain })));

/** A screen, and the timestamps of its frames. */
interface Screen {
  /** Frames a second. */
  readonly hz: number;
  /** The browser rounds timestamps to so many milliseconds. 0: it does not round. */
  readonly grain?: number;
  /** The numbers of frames that are dropped. */
  readonly dropped?: readonly number[];
  /** How far each timestamp is off, in milliseconds. */
  readonly jitter?: (frame: number) => number;
}

/** The timestamps of the first `frames` frames. */
function timesOf({ hz, grain = 0, dropped = [], jitter = () => 0 }: Screen, frames: number): number[] {
  const times: number[] = [];
  for (let frame = 1; frame <= frames; frame++) {
    const time = (frame * 1_000) / hz + jitter(frame);
    if (!dropped.includes(frame)) times.push(grain === 0 ? time : Math.round(time / grain) * grain);
  }
  return times;
}

/** One render. */
export interface Shown {
  readonly time: number;
  readonly delta: number;
  readonly alpha: number;
  updates: number;
}

/** The renders of a callback with these options, each with the number of updates before it. */
export async function shownOn(screen: Screen, frames: number, options: FrameOptions): Promise<Shown[]> {
  const page = fakePage();
  const reactor = await running(page);
  const shown: Shown[] = [];
  let updates = 0;
  reactor.onFrame(
    {
      update: () => updates++,
      render: ({ time, delta, alpha }) => {
        shown.push({ time, delta, alpha, updates });
        updates = 0;
      },
    },
    options,
  );
  let now = 0;
  for (const time of timesOf(screen, frames)) {
    page.advance(time - now);
    now = time;
    page.runFrame();
  }
  return shown;
}

/** How often each number occurs. */
export function tally(values: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
