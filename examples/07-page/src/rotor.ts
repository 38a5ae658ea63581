import type { FramePhases } from '@triphase/browser-reactor';
import { Canvas } from './canvas.ts';

const TURN = 2 * Math.PI;
const SECONDS_PER_TURN = 6;
const START_ANGLE = 0.4;
const ARM_COLOURS = ['--before', '--during', '--after'];

/** A wheel with three arms, each of which draws a wave. It moves by fixed steps, and a frame draws it between two steps. */
export class Rotor {
  readonly #canvas: Canvas = new Canvas('.stage');
  #angle = START_ANGLE;
  #lastAngle = START_ANGLE;
  #alpha = 0;
  /** Whether the wheel is drawn between two steps, or only where a step ends. */
  interpolates = true;

  readonly phases: FramePhases = {
    update: ({ delta }) => {
      this.#lastAngle = this.#angle;
      this.#angle += (delta / 1000 / SECONDS_PER_TURN) * TURN;
    },
    render: ({ alpha }) => (this.#alpha = alpha),
  };

  draw(): void {
    this.#draw(this.interpolates ? this.#lastAngle + (this.#angle - this.#lastAngle) * this.#alpha : this.#angle);
  }

  #draw(angle: number): void {
    const context = this.#canvas.clear();
    const { width, height } = this.#canvas;
    const radius = Math.min(height * 0.38, width * 0.16);
    const x = radius + Math.max(24, width * 0.05);
    const y = height / 2;
    const waveStart = x + radius + Math.max(28, width * 0.06);
    context.lineWidth = 1;
    context.strokeStyle = this.#canvas.colour('--line');
    context.beginPath();
    context.arc(x, y, radius, 0, TURN);
    context.moveTo(x - radius, y);
    context.lineTo(width, y);
    context.stroke();
    for (const [index, colour] of ARM_COLOURS.entries()) {
      const armAngle = angle - (index * TURN) / 3;
      const heightAt = (back: number): number => y - radius * Math.sin(armAngle - back);
      const tip: Point = [x + radius * Math.cos(armAngle), heightAt(0)];
      const waveTip: Point = [waveStart, heightAt(0)];
      context.strokeStyle = context.fillStyle = this.#canvas.colour(colour);
      line(context, [x, y], tip);
      context.globalAlpha = 0.35;
      context.setLineDash([2, 5]);
      line(context, tip, waveTip);
      context.setLineDash([]);
      context.globalAlpha = 1;
      dot(context, tip);
      dot(context, waveTip);
      context.beginPath();
      context.lineWidth = 2;
      for (let at = waveStart; at <= width; at += 3) context.lineTo(at, heightAt((at - waveStart) / radius / 0.9));
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
