import type { BrowserReactor, PageHandle } from '@triphase/browser-reactor';
import { scaledClock, type ScaledClock } from '@triphase/core';
import { Rotor } from './rotor.ts';
import { Strip } from './strip.ts';

/** Milliseconds of a step of the wheel: long enough that steps are visible without interpolation. */
const WHEEL_STEP = 100;

/** Milliseconds of a step that the strip counts: one in each frame of a screen of 60 Hz. */
const STRIP_STEP = 1000 / 60;

/** The animation: a wheel and a strip on a clock that can run slower or faster, or pause. */
export class Stage {
  readonly #rotor: Rotor = new Rotor();
  readonly #strip: Strip = new Strip();
  #reactor: BrowserReactor | undefined;
  #clock: ScaledClock | undefined;
  #handles: readonly PageHandle[] = [];
  #plays: boolean;
  #speed = 1;
  #maxFps: number | undefined;

  constructor(plays: boolean) {
    this.#plays = plays;
  }

  attach(reactor: BrowserReactor): void {
    const startAnimation = (): void => {
      const clock = scaledClock(reactor, { rate: this.#speed });
      if (!this.#plays) clock.pause();
      this.#clock = clock;
      this.#reactor = reactor;
      this.#register();
    };
    reactor.on('startup', startAnimation, { name: 'start the animation' });
  }

  /** Whether the clock is running. */
  get plays(): boolean {
    return this.#plays;
  }

  set plays(plays: boolean) {
    this.#plays = plays;
    if (plays) this.#clock?.resume();
    else this.#clock?.pause();
  }

  /** Milliseconds of its time for each millisecond of real time. */
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

  /** Whether the wheel is drawn in between two steps, or only where they lead. */
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
      // Runs after those two, also while their clock is paused: a canvas is empty after a change of its size.
      reactor.onFrame(draw, { order: 1, ...cap }),
    ];
  }
}
