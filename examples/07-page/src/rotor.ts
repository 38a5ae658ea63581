import type { FramePhases } from '@triphase/browser-reactor';
import { Canvas } from './canvas.ts';

const TURN = 2 * Math.PI;
const SECONDS_PER_TURN = 6;
const START = 0.4;
const PHASES = ['--before', '--during', '--after'];

/** A wheel with three arms, each of which draws a wave: it moves by fixed steps, and is drawn in between. */
export class Rotor {
  readonly #canvas: Canvas = new Canvas('.stage');
  #angle = START;
  #last = START;
  #alpha = 0;
  /** Whether it is drawn in between two steps, or only where they lead. */
  interpolates = true;

  readonly phases: FramePhases = {
    update: ({ delta }) => {
      this.#last = this.#angle;
      this.#angle += (delta / 1000 / SECONDS_PER_TURN) * TURN;
    },
    render: ({ alpha }) => (this.#alpha = alpha),
  };

  draw(): void {
    this.#draw(this.interpolates ? this.#last + (this.#angle - this.#last) * this.#alpha : this.#angle);
  }

  #draw(angle: number): void {
    const context = this.#canvas.clear();
    const { width, height } = this.#canvas;
    const radius = Math.min(height * 0.38, width * 0.16);
    const x = radius + Math.max(24, width * 0.05);
    const y = height / 2;
    const start = x + radius + Math.max(28, width * 0.06);
    context.lineWidth = 1;
    context.strokeStyle = this.#canvas.colour('--line');
    context.beginPath();
    context.arc(x, y, radius, 0, TURN);
    context.moveTo(x - radius, y);
    context.lineTo(width, y);
    context.stroke();
    for (const [index, colour] of PHASES.entries()) {
      const own = angle - (index * TURN) / 3;
      const at = (back: number): number => y - radius * Math.sin(own - back);
      context.strokeStyle = context.fillStyle = this.#canvas.colour(colour);
      line(context, [x, y], [x + radius * Math.cos(own), at(0)]);
      context.globalAlpha = 0.35;
      context.setLineDash([2, 5]);
      line(context, [x + radius * Math.cos(own), at(0)], [start, at(0)]);
      context.setLineDash([]);
      context.globalAlpha = 1;
      dot(context, [x + radius * Math.cos(own), at(0)]);
      dot(context, [start, at(0)]);
      context.beginPath();
      context.lineWidth = 2;
      for (let step = start; step <= width; step += 3) context.lineTo(step, at((step - start) / radius / 0.9));
      context.stroke();
    }
  }
}

type Point = readonly [x: number, y: number];

function line(context: CanvasRenderingContext2D, from: Point, to: Point): void {
  context.beginPath();
  context.lineWidth = 2;
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

function dot(context: CanvasRenderingContext2D, [x, y]: Point): void {
  context.beginPath();
  context.arc(x, y, 4, 0, TURN);
  context.fill();
}
