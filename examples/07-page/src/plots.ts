import type { BrowserReactor } from '@triphase/browser-reactor';
import { every } from '@triphase/core';
import type { Meter, Sample } from './meter.ts';
import { Plot } from './plot.ts';

/** Milliseconds between two samples. The lateness that the page shows is that of this timed call. */
const SAMPLE_INTERVAL = 50;

/** Milliseconds between two updates of the numbers, so that a person can read them. */
const TEXT_INTERVAL = 500;

/** Three plots: frames, lateness and calls. They go on when the page gets another reactor. */
export class Plots {
  readonly #meter: Meter;
  readonly #frames: Plot = new Plot({ figure: '#frames', name: 'Frames a second', max: 70, marks: [0, 30, 60] });
  readonly #lateness: Plot = new Plot({ figure: '#lateness', name: 'Lateness in ms', max: 40, marks: [0, 16, 32] });
  readonly #calls: Plot = new Plot({ figure: '#calls', name: 'Calls a second', max: 1_000, marks: [0, 500, 1_000] });
  readonly #wantsNoMotion: MediaQueryList = matchMedia('(prefers-reduced-motion: reduce)');
  #drawnAt = 0;
  #textAt = 0;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  attach(reactor: BrowserReactor): void {
    const openPlots = (): void => {
      this.#meter.reset();
      every(reactor, SAMPLE_INTERVAL, () => {
        // A hidden page has no frames: the plot must not show it as slow.
        if (document.visibilityState === 'visible') this.#meter.sample();
      });
      reactor.onFrame({ read: () => this.#meter.countFrame(), render: () => this.#show() });
    };
    const restartMeter = (): void => this.#meter.reset();
    reactor.on('startup', openPlots, { name: 'open the plots' });
    reactor.on('visible', restartMeter, { name: 'restart the meter' });
  }

  #show(): void {
    const now = performance.now();
    const { samples } = this.#meter;
    if (now - this.#drawnAt >= (this.#wantsNoMotion.matches ? 2 * TEXT_INTERVAL : 0)) {
      this.#drawnAt = now;
      const draw = (plot: Plot, key: keyof Sample): void =>
        plot.draw(
          samples.map((sample) => [sample.time, sample[key]]),
          now,
        );
      draw(this.#frames, 'frames');
      draw(this.#lateness, 'lateness');
      draw(this.#calls, 'calls');
    }
    if (now - this.#textAt < TEXT_INTERVAL) return;
    this.#textAt = now;
    const { frames = 0, calls = 0 } = samples.at(-1) ?? {};
    this.#frames.showValue(frames);
    this.#calls.showValue(calls);
    this.#lateness.showValue(
      Math.max(0, ...samples.filter(({ time }) => now - time < 1_000).map(({ lateness }) => lateness)),
    );
  }
}
