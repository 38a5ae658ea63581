import type { BrowserReactor, PageHandle } from '@triphase/browser-reactor';
import { scaledClock, type ScaledClock } from '@triphase/core';
import { Rotor } from './rotor.ts';
import { Strip } from './strip.ts';

/** Length of a step of the wheel: long enough to be seen without interpolation. Milliseconds. */
const WHEEL_STEP = 100;

/** Length of a step that the strip counts: one for each frame of a screen of 60 Hz. Milliseconds. */
const STRIP_STEP = 1000 / 60;

/** The animation: a wheel, and a strip of its frames, on a clock that can run slower or faster, or pause. */
export class Stage {
  readonly #rotor: Rotor = new Rotor();
  readonly #strip: Strip = new Strip();
  #reactor: BrowserReactor | undefined;
  #clock: ScaledClock | undefined;
  #handles: readonly PageHandle[] = [];
  #isPlaying: boolean;
  #speed = 1;
  #maxFps: number | undefined;

  constructor(isPlaying: boolean) {
    this.#isPlaying = isPlaying;
  }

  attach(reactor: BrowserReactor): void {
    const startAnimation = (): void => {
      const clock = scaledClock(reactor, { rate: this.#speed });
      if (!this.#isPlaying) clock.pause();
      this.#clock = clock;
      this.#reactor = reactor;
      this.#register();
    };
    reactor.on('startup', startAnimation, { name: 'start the animation' });
  }

  /** Whether the clock is running. */
  get isPlaying(): boolean {
    return this.#isPlaying;
  }

  set isPlaying(isPlaying: boolean) {
    this.#isPlaying = isPlaying;
    if (isPlaying) this.#clock?.resume();
    else this.#clock?.pause();
  }

  /** The speed of the clock: 2 is twice as fast as real time. */
  set speed(speed: number) {
    this.#speed = speed;
    this.#strip.recount();
    if (this.#clock !== undefined) this.#clock.rate = speed;
  }

  /** Maximum number of frames per second; `undefined` for all. */
  set maxFps(maxFps: number | undefined) {
    this.#maxFps = maxFps;
    this.#register();
  }

  /** Whether the wheel is drawn between two steps, or only where a step ends. */
  set interpolates(interpolates: boolean) {
    this.#rotor.interpolates = interpolates;
  }

  /** Registers the callbacks again, since the options of a registration can't change. */
  #register(): void {
    const reactor = this.#reactor;
    const clock = this.#clock;
    this.#strip.recount();
    for (const handle of this.#handles) handle.remove();
    if (reactor === undefined || clock === undefined) return;
    const cap = this.#maxFps === undefined ? {} : { maxFps: this.#maxFps };
    const draw = (): void => {
      this.#rotor.draw();
      this.#strip.draw();
    };
    this.#handles = [
      reactor.onFrame(this.#rotor.phases, { fixedStep: WHEEL_STEP, clock, ...cap }),
      reactor.onFrame(this.#strip.phases, { fixedStep: STRIP_STEP, clock, ...cap }),
      // Runs after those two. It also runs while their clock is paused, since a canvas is empty after a change of its size.
      reactor.onFrame(draw, { order: 1, ...cap }),
    ];
  }
}
