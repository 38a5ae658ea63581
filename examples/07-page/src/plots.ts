import type { BrowserReactor } from '@triphase/browser-reactor';
import { every } from '@triphase/core';
import type { Meter, Sample } from './meter.ts';
import { Plot } from './plot.ts';

/** Milliseconds between two samples. The page shows how late this timed call is. */
const SAMPLE = 50;

/** Milliseconds between two updates of the figures, so that they stay readable. */
const FIGURES = 500;

/** Shows frames, calls and lateness on every reactor of this page. */
export class Plots {
  readonly #meter: Meter;
  readonly #frames: Plot = new Plot({ figure: '#frames', name: 'Frames a second', max: 70, marks: [0, 30, 60] });
  readonly #lateness: Plot = new Plot({ figure: '#lateness', name: 'Lateness in ms', max: 40, marks: [0, 16, 32] });
  readonly #calls: Plot = new Plot({ figure: '#calls', name: 'Calls a second', max: 1_000, marks: [0, 500, 1_000] });
  readonly #wantsNoMotion: MediaQueryList = matchMedia('(prefers-reduced-motion: reduce)');
  #drawn = 0;
  #told = 0;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  attach(reactor: BrowserReactor): void {
    const openPlots = (): void => {
      this.#meter.reset();
      every(reactor, SAMPLE, () => {
        // A hidden page has no frames: the plot must not show it as slow.
        if (document.visibilityState === 'visible') this.#meter.sample();
      });
      reactor.onFrame({ read: () => this.#meter.countFrame(), render: () => this.#show() });
    };
    const measureAgain = (): void => this.#meter.reset();
    reactor.on('startup', openPlots, { name: 'open the plots' });
    reactor.on('visible', measureAgain, { name: 'measure anew' });
  }

  #show(): void {
    const now = performance.now();
    const { samples } = this.#meter;
    if (now - this.#drawn >= (this.#wantsNoMotion.matches ? 2 * FIGURES : 0)) {
      this.#drawn = now;
      const draw = (plot: Plot, key: keyof Sample): void =>
        plot.draw(
          samples.map((sample) => [sample.time, sample[key]]),
          now,
        );
      draw(this.#frames, 'frames');
      draw(this.#lateness, 'lateness');
      draw(this.#calls, 'calls');
    }
    if (now - this.#told < FIGURES) return;
    this.#told = now;
    const { frames = 0, calls = 0 } = samples.at(-1) ?? {};
    this.#frames.tell(frames);
    this.#calls.tell(calls);
    this.#lateness.tell(
      Math.max(0, ...samples.filter(({ time }) => now - time < 1_000).map(({ lateness }) => lateness)),
    );
  }
}
