import { ReactorBase, type HostControl } from '@triphase/core';

/** A reactor that counts what its host has given and not got back, and that tells when a hook of the host is called. */
export class CountingReactor extends ReactorBase {
  control: HostControl | undefined;
  held = 0;
  readonly #hear: (hook: string) => void;
  readonly #turns: Set<() => void> = new Set();
  readonly #wakeups: Map<() => void, number> = new Map();
  #now = 0;

  constructor(hear: (hook: string) => void, options: ConstructorParameters<typeof ReactorBase>[0]) {
    super(options);
    this.#hear = hear;
  }

  /** What the host has not got back: how many holds, turns and wakeups. */
  get outstanding(): readonly number[] {
    return [this.held, this.#turns.size, this.#wakeups.size];
  }

  protected override acquireKeepAlive(): Disposable {
    this.#hear('acquireKeepAlive');
    return this.#hold('keep-alive');
  }

  protected override attachHost(control: HostControl): Disposable {
    this.control = control;
    this.#hear('attachHost');
    return this.#hold('host');
  }

  protected override requestTurn(turn: () => void): () => void {
    const own = (): void => turn();
    this.#turns.add(own);
    return () => void this.#turns.delete(own);
  }

  protected override setWakeup(ms: number, turn: () => void): () => void {
    const own = (): void => turn();
    this.#wakeups.set(own, this.#now + ms);
    return () => void this.#wakeups.delete(own);
  }

  protected override hostNow(): number {
    return this.#now;
  }

  /** Moves the clock on, and runs the turns that are requested. */
  advance(ms: number): void {
    this.#now += ms;
    for (const [own, at] of this.#wakeups) {
      if (at > this.#now) continue;
      this.#wakeups.delete(own);
      own();
    }
    for (let left = 20; left > 0 && this.#turns.size > 0; left--) {
      const [own] = this.#turns;
      this.#turns.delete(own!);
      own!();
    }
  }

  #hold(what: string): Disposable {
    this.held++;
    return {
      [Symbol.dispose]: () => {
        this.held--;
        this.#hear(`release of the ${what}`);
      },
    };
  }
}
