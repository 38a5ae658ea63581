import { Canvas } from './canvas.ts';
import { element } from './element.ts';
import { SPAN } from './meter.ts';

/** A measured value, with its time by `performance.now()`. */
export type Point = readonly [time: number, value: number];

interface PlotOptions {
  /** The selector of its figure. */
  readonly figure: string;
  readonly name: string;
  /** What the height stands for. */
  readonly max: number;
  readonly marks: readonly number[];
}

/** If two points are further apart, the line has a gap: the page was hidden. Milliseconds. */
const GAP = 400;

/** Pixels that are left free at the top. */
const TOP = 8;

/** The last ten seconds of one value: a line, the current value, and a sentence for screen readers. */
export class Plot {
  readonly #canvas: Canvas;
  readonly #output: HTMLOutputElement;
  readonly #options: PlotOptions;

  constructor(options: PlotOptions) {
    this.#options = options;
    this.#canvas = new Canvas(options.figure);
    this.#output = element(`${options.figure} output`, HTMLOutputElement);
  }

  /** The figure of the last second. */
  tell(value: number): void {
    const text = value > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0);
    this.#output.value = text;
    this.#canvas.describe(`${this.#options.name}: ${text} in the last second`);
  }

  draw(points: readonly Point[], now: number): void {
    const context = this.#canvas.clear();
    this.#drawGrid(context);
    const x = (time: number): number => this.#canvas.width * (1 - (now - time) / SPAN);
    const runs = withoutGaps(points).map((run) => run.map(([time, value]): Point => [x(time), this.#y(value)]));
    context.strokeStyle = context.fillStyle = this.#canvas.colour('--accent');
    context.lineWidth = 1.75;
    context.lineJoin = 'round';
    for (const run of runs) this.#drawRun(context, run);
    this.#shadeGaps(context, runs);
    this.#drawMarks(context);
  }

  #y(value: number): number {
    const bottom = this.#canvas.height - 1;
    return bottom - (bottom - TOP) * Math.min(value / this.#options.max, 1);
  }

  #drawGrid(context: CanvasRenderingContext2D): void {
    context.lineWidth = 1;
    context.strokeStyle = this.#canvas.colour('--line');
    for (const mark of this.#options.marks) {
      const y = Math.round(this.#y(mark)) + 0.5;
      context.beginPath();
      context.moveTo(0, y);
      context.lineTo(this.#canvas.width, y);
      context.stroke();
    }
  }

  #drawRun(context: CanvasRenderingContext2D, run: readonly Point[]): void {
    const path = new Path2D();
    for (const point of run) path.lineTo(...point);
    context.stroke(path);
    for (const [x] of [...run.slice(-1), ...run.slice(0, 1)]) path.lineTo(x, this.#canvas.height);
    context.globalAlpha = 0.12;
    context.fill(path);
    context.globalAlpha = 1;
  }

  #shadeGaps(context: CanvasRenderingContext2D, runs: readonly (readonly Point[])[]): void {
    context.globalAlpha = 0.05;
    for (const [index, run] of runs.entries()) {
      const [from, to] = [runs[index - 1]?.at(-1), run[0]];
      if (from !== undefined && to !== undefined) context.fillRect(from[0], 0, to[0] - from[0], this.#canvas.height);
    }
    context.globalAlpha = 1;
  }

  #drawMarks(context: CanvasRenderingContext2D): void {
    context.font = '11px system-ui, sans-serif';
    context.lineWidth = 3;
    context.strokeStyle = this.#canvas.colour('--surface');
    context.fillStyle = this.#canvas.colour('--muted');
    for (const mark of this.#options.marks.filter((mark) => mark > 0)) {
      const at: Point = [2, this.#y(mark) + 13];
      context.strokeText(String(mark), ...at);
      context.fillText(String(mark), ...at);
    }
  }
}

function withoutGaps(points: readonly Point[]): Point[][] {
  const runs: Point[][] = [];
  let last = -Infinity;
  for (const point of points) {
    if (point[0] - last > GAP) runs.push([]);
    runs.at(-1)?.push(point);
    [last] = point;
  }
  return runs;
}
