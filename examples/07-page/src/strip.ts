import type { FramePhases } from '@triphase/browser-reactor';
import { Canvas } from './canvas.ts';
import { element } from './element.ts';

/** Maximum number of frames that the figure counts. */
const COUNTED = 60;

/** Frames that are kept: as many as the widest strip shows. */
const KEPT = 240;

/** Pixels: from one frame to the next, of a step's square, from one step to that above at most, and between two. */
const PITCH = 6;
const SQUARE = 4;
const ROW = 6;
const GAP = 2;

/** Milliseconds between two updates of the figure, so that it stays readable. */
const FIGURES = 500;

/** A column for each frame that was drawn, with a square for each of its steps; the newest at the right. */
export class Strip {
  readonly #canvas: Canvas = new Canvas('#steps');
  readonly #output: HTMLOutputElement = element('#steps output', HTMLOutputElement);
  readonly #frames: number[] = [];
  #steps = 0;
  #counted = 0;
  #told = 0;

  readonly phases: FramePhases = {
    update: () => (this.#steps += 1),
    render: ({ time }) => {
      this.#frames.push(this.#steps);
      if (this.#frames.length > KEPT) this.#frames.shift();
      this.#steps = 0;
      this.#counted = Math.min(this.#counted + 1, COUNTED);
      if (time - this.#told >= FIGURES) this.#tell(time);
    },
  };

  /** The figure counts the frames from now on: those before had other settings. */
  recount(): void {
    this.#counted = 0;
  }

  draw(): void {
    const context = this.#canvas.clear();
    const { width, height } = this.#canvas;
    const bottom = height - 1.5;
    context.lineWidth = 1;
    context.strokeStyle = this.#canvas.colour('--line');
    context.beginPath();
    context.moveTo(0, bottom);
    context.lineTo(width, bottom);
    context.stroke();
    context.fillStyle = this.#canvas.colour('--accent');
    const frames = this.#frames.slice(-Math.floor(width / PITCH));
    const row = Math.min(ROW, (bottom - 2) / Math.max(1, ...frames));
    for (const [back, steps] of frames.reverse().entries()) {
      const x = width - (back + 1) * PITCH;
      for (let n = 1; n <= steps; n++) context.fillRect(x, bottom - n * row, SQUARE, Math.max(1, row - GAP));
      if (steps === 0) context.fillRect(x, bottom - 1, SQUARE, 1);
    }
  }

  /** The numbers of steps that frames had lately, the most frequent first. */
  #tell(time: number): void {
    this.#told = time;
    const counts: Map<number, number> = new Map();
    const latest = this.#frames.slice(-this.#counted);
    for (const steps of latest) counts.set(steps, (counts.get(steps) ?? 0) + 1);
    const kinds = [...counts].sort(([, one], [, other]) => other - one);
    this.#output.value = kinds.map(([steps, frames]) => `${String(frames)} × ${String(steps)}`).join(', ');
    this.#canvas.describe(`Steps in each of the last ${String(latest.length)} frames: ${this.#output.value}`);
  }
}
