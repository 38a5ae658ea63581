import { element } from './element.ts';

/** A canvas with coordinates in CSS pixels, on screens of any density. */
export class Canvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #colours: Map<string, string> = new Map();
  width = 0;
  height = 0;

  constructor(within: string) {
    this.#canvas = element(`${within} canvas`, HTMLCanvasElement);
    const context = this.#canvas.getContext('2d');
    if (context === null) throw new Error('a canvas without a context: it was given one of another kind');
    this.#context = context;
    new ResizeObserver(() => this.#fit()).observe(this.#canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#colours.clear());
    this.#fit();
  }

  /** A description for screen readers. */
  describe(words: string): void {
    this.#canvas.setAttribute('aria-label', words);
  }

  /** Clears the canvas and returns its context. */
  clear(): CanvasRenderingContext2D {
    this.#context.clearRect(0, 0, this.width, this.height);
    return this.#context;
  }

  /** A colour of the style sheet, by the name of its property. */
  colour(name: string): string {
    const known = this.#colours.get(name) ?? getComputedStyle(this.#canvas).getPropertyValue(name);
    this.#colours.set(name, known);
    return known;
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
