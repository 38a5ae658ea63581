import { Canvas } from './canvas.ts';
import { element } from './element.ts';
import { SPAN } from './meter.ts';

/** A measured value, with its time by `performance.now()`. */
export type Point = readonly [time: number, value: number];

interface PlotOptions {
  /** The selector of the figure that has the canvas. */
  readonly figure: string;
  readonly name: string;
  /** The value at the top of the plot. */
  readonly max: number;
  /** Values with a line across the plot. */
  readonly marks: readonly number[];
}

/** Two points further apart than this aren't connected: the page was hidden in between. Milliseconds. */
const GAP = 400;

/** Free space at the top. Pixels. */
const PADDING_TOP = 8;

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

  /** Shows the current value as text. */
  showValue(value: number): void {
    const text = value > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0);
    this.#output.value = text;
    this.#canvas.describe(`${this.#options.name}: ${text} in the last second`);
  }

  draw(points: readonly Point[], now: number): void {
    const context = this.#canvas.clear();
    this.#drawGrid(context);
    const x = (time: number): number => this.#canvas.width * (1 - (now - time) / SPAN);
    const segments = splitAtGaps(points).map((segment) =>
      segment.map(([time, value]): Point => [x(time), this.#y(value)]),
    );
    context.strokeStyle = context.fillStyle = this.#canvas.colour('--accent');
    context.lineWidth = 1.75;
    context.lineJoin = 'round';
    for (const segment of segments) this.#drawSegment(context, segment);
    this.#shadeGaps(context, segments);
    this.#drawMarks(context);
  }

  #y(value: number): number {
    const bottom = this.#canvas.height - 1;
    return bottom - (bottom - PADDING_TOP) * Math.min(value / this.#options.max, 1);
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

  #drawSegment(context: CanvasRenderingContext2D, segment: readonly Point[]): void {
    const path = new Path2D();
    for (const point of segment) path.lineTo(...point);
    context.stroke(path);
    for (const [x] of [...segment.slice(-1), ...segment.slice(0, 1)]) path.lineTo(x, this.#canvas.height);
    context.globalAlpha = 0.12;
    context.fill(path);
    context.globalAlpha = 1;
  }

  #shadeGaps(context: CanvasRenderingContext2D, segments: readonly (readonly Point[])[]): void {
    context.globalAlpha = 0.05;
    for (const [index, segment] of segments.entries()) {
      const [from, to] = [segments[index - 1]?.at(-1), segment[0]];
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

/** The parts of the line that have no gap. */
function splitAtGaps(points: readonly Point[]): Point[][] {
  const segments: Point[][] = [];
  let lastTime = -Infinity;
  for (const point of points) {
    if (point[0] - lastTime > GAP) segments.push([]);
    segments.at(-1)?.push(point);
    [lastTime] = point;
  }
  return segments;
}
