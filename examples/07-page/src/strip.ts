import type { FramePhases } from '@triphase/browser-reactor';
import { Canvas } from './canvas.ts';
import { element } from './element.ts';

/** Maximum number of frames that the text is about. */
const MAX_COUNTED = 60;

/** Maximum number of frames that are kept: more than the widest strip shows. */
const MAX_FRAMES = 240;

/** Pixels from one column to the next. */
const COLUMN = 6;

/** Width of a square, and its maximum height. Pixels. */
const SQUARE = 4;

/** Maximum number of pixels from one row of squares to the next. Many rows are closer together. */
const MAX_ROW = 6;

/** Free space between two rows. Pixels. */
const ROW_GAP = 2;

/** Milliseconds between two updates of the text, so that a person can read it. */
const TEXT_INTERVAL = 500;

/** Draws a column for each frame, with a square for each step of that frame. The newest frame is on the right. */
export class Strip {
  readonly #canvas: Canvas = new Canvas('#steps');
  readonly #output: HTMLOutputElement = element('#steps output', HTMLOutputElement);
  readonly #frames: number[] = [];
  #steps = 0;
  #counted = 0;
  #textAt = 0;

  readonly phases: FramePhases = {
    update: () => (this.#steps += 1),
    render: ({ time }) => {
      this.#frames.push(this.#steps);
      if (this.#frames.length > MAX_FRAMES) this.#frames.shift();
      this.#steps = 0;
      this.#counted = Math.min(this.#counted + 1, MAX_COUNTED);
      if (time - this.#textAt >= TEXT_INTERVAL) this.#showText(time);
    },
  };

  /** Leaves the frames so far out of the text, since they had other settings. */
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
    const frames = this.#frames.slice(-Math.floor(width / COLUMN));
    const row = Math.min(MAX_ROW, (bottom - 2) / Math.max(1, ...frames));
    for (const [back, steps] of frames.reverse().entries()) {
      const x = width - (back + 1) * COLUMN;
      for (let n = 1; n <= steps; n++) context.fillRect(x, bottom - n * row, SQUARE, Math.max(1, row - ROW_GAP));
      if (steps === 0) context.fillRect(x, bottom - 1, SQUARE, 1);
    }
  }

  /** Shows how many of the latest frames had how many steps, the most frequent first: `58 × 1, 2 × 2`. */
  #showText(time: number): void {
    this.#textAt = time;
    const counts: Map<number, number> = new Map();
    const latest = this.#frames.slice(-this.#counted);
    for (const steps of latest) counts.set(steps, (counts.get(steps) ?? 0) + 1);
    const sorted = [...counts].sort(([, one], [, other]) => other - one);
    this.#output.value = sorted.map(([steps, frames]) => `${frames} × ${steps}`).join(', ');
    this.#canvas.describe(`Steps in each of the last ${latest.length} frames: ${this.#output.value}`);
  }
}
