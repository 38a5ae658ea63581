import { element } from './element.ts';

/** A canvas with coordinates in CSS pixels, on screens of any density. */
export class Canvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #colours: Map<string, string> = new Map();
  width = 0;
  height = 0;

  constructor(parentSelector: string) {
    this.#canvas = element(`${parentSelector} canvas`, HTMLCanvasElement);
    const context = this.#canvas.getContext('2d');
    if (context === null) throw new Error(`${parentSelector} canvas has no 2d context`);
    this.#context = context;
    new ResizeObserver(() => this.#fit()).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#colours.clear());
    this.#fit();
  }

  /** Sets the description for screen readers. */
  describe(text: string): void {
    this.#canvas.setAttribute('aria-label', text);
  }

  /** Clears the canvas and returns its context. */
  clear(): CanvasRenderingContext2D {
    this.#context.clearRect(0, 0, this.width, this.height);
    return this.#context;
  }

  /** A colour of the style sheet, by the name of its custom property, such as `--accent`. */
  colour(name: string): string {
    const colour = this.#colours.get(name) ?? getComputedStyle(this.#canvas).getPropertyValue(name);
    this.#colours.set(name, colour);
    return colour;
  }

  #fit(): void {
    const { clientWidth, clientHeight } = this.#canvas;
    const density = devicePixelRatio;
    this.width = clientWidth;
    this.height = clientHeight;
    this.#canvas.width = Math.round(clientWidth * density);
    this.#canvas.height = Math.round(clientHeight * density);
    this.#context.scale(density, density);
  }
}
