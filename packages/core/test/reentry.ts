import { StartupFailedError, TriphaseError, type Phase, type TriggerHandle } from '@triphase/core';
import { CountingReactor } from './counting-reactor.ts';
import { settled } from './hand-turned-reactor.ts';
import { CALLS, ENDS } from './reentry-calls.ts';

const PHASES: readonly Phase[] = ['before', 'during', 'after'];

/** A run of a reactor that records every hook. In one of them it makes one call, once. */
export class Reentry {
  /** The hooks in the order of their calls, each with the state of the reactor. */
  readonly trace: string[] = [];
  /** The rules that the run has broken. */
  readonly faults: string[] = [];
  readonly reactor: CountingReactor;
  readonly controller = new AbortController();
  readonly handles: TriggerHandle[] = [];
  /** Functions that settle the pending triggers of `startup` and `shutdown`. */
  readonly #waiting: (() => void)[] = [];
  /** The same for `job`. Called last, after the end of the run has abandoned `job`. */
  readonly #waitingJobs: (() => void)[] = [];
  readonly #promises: Promise<unknown>[] = [];
  readonly #hook: string;
  readonly #call: keyof typeof CALLS;
  #isCalled = false;
  #isAtRest = false;
  #unsettled = 0;

  constructor(hook: string, call: keyof typeof CALLS, logs = false) {
    this.#hook = hook;
    this.#call = call;
    const hear = this.hear;
    const steps = (method: string) => (step: string, what: { event: unknown; phase?: Phase; name?: string }) => {
      hear(`observer: ${[method, step, String(what.event), what.phase, what.name].filter(Boolean).join(' ')}`);
    };
    this.reactor = new CountingReactor(hear, {
      limits: { startup: { during: 500 }, shutdown: { deadline: 1_000 } },
      host: { console: { info: () => undefined, warn: () => undefined, error: () => undefined } },
      logger: { info: () => undefined, warn: () => undefined, error: () => hear('logger') },
      ...(!logs && { onError: () => hear('onError') }),
      observer: {
        turn: () => hear('observer: turn'),
        call: () => hear('observer: call'),
        firing: steps('firing'),
        phase: steps('phase'),
        trigger: steps('trigger'),
      },
    });
    this.#register();
  }

  /** Notes a promise of the reactor that must settle. */
  readonly keep = (promise: Promise<unknown>): void => {
    this.#unsettled++;
    const over = (): void => {
      this.#unsettled--;
    };
    this.#promises.push(
      promise.then(over, (error: unknown) => {
        over();
        if (!(error instanceof StartupFailedError)) this.faults.push(`rejected with ${String(error)}`);
      }),
    );
  };

  readonly hear = (hook: string): void => {
    this.trace.push(`${hook} (${this.reactor.state})`);
    if (hook !== this.#hook || this.#isCalled) return;
    this.#isCalled = true;
    this.trace.push(`> ${this.#call}`);
    try {
      CALLS[this.#call](this);
    } catch (error) {
      const isMeant = error instanceof TriphaseError && error.code !== 'ERR_TRIPHASE_INTERNAL';
      if (this.#call === 'throw') throw error;
      if (!isMeant) this.faults.push(`threw ${String(error)}`);
    }
  };

  /** Runs the reactor and ends it by `end`. Then checks that it has come to rest, and that it runs again if it is idle. */
  async live(end: keyof typeof ENDS): Promise<void> {
    const { reactor, trace } = this;
    this.#run();
    await this.#settleAll();
    if (reactor.state === 'running') {
      reactor.callSoon(() => this.hear('queued call'));
      reactor.callLater(1, () => this.hear('timed call'));
      reactor.callLater(Infinity, () => undefined, { onDrop: () => this.hear('onDrop') });
      if (!reactor.isFiring('job')) void reactor.fire('job');
      reactor.advance(5);
      await settled();
    }
    if (reactor.state !== 'idle' && reactor.state !== 'stopped') {
      trace.push(`-- ${end}`);
      ENDS[end](this);
    }
    await this.#settleAll();
    await this.#toRest();
    this.#check();
    if (reactor.state === 'idle') await this.#runAgain();
  }

  #run(): void {
    try {
      this.keep(this.reactor.run({ signal: this.controller.signal }));
    } catch (error) {
      if (this.#call !== 'throw' && !(error instanceof TriphaseError)) this.faults.push(`run() threw ${String(error)}`);
      this.#check();
    }
  }

  /** After a crash, or a start that the host refused, the reactor can be run again. */
  async #runAgain(): Promise<void> {
    const { reactor, trace } = this;
    trace.push('-- run again');
    this.#isCalled = true;
    this.keep(reactor.run());
    await this.#settleAll();
    if (reactor.state !== 'running') this.faults.push(`the next run is ${reactor.state}`);
    if (reactor.signal.aborted) this.faults.push('the signal of the next run is aborted');
    this.keep(reactor.stop());
    await this.#settleAll();
    if (reactor.state !== 'stopped') this.faults.push(`the next run has not stopped: ${reactor.state}`);
    this.#check();
  }

  /** Stops the reactor until it has come to rest. */
  async #toRest(): Promise<void> {
    const { reactor } = this;
    for (let left = 3; left > 0 && reactor.state !== 'idle' && reactor.state !== 'stopped'; left--) {
      this.keep(reactor.stop());
      await this.#settleAll();
    }
    this.#isAtRest = true;
    await this.#settleAll();
  }

  async #settleAll(): Promise<void> {
    for (let left = 8; left > 0; left--) {
      for (const settle of this.#waiting.splice(0)) settle();
      if (this.#isAtRest) for (const settle of this.#waitingJobs.splice(0)) settle();
      await settled();
      this.reactor.advance(1);
    }
    await settled();
  }

  #check(): void {
    const { reactor, faults } = this;
    const { state, running, outstanding } = reactor;
    if (state !== 'idle' && state !== 'stopped') faults.push(`at rest it is ${state}`);
    if (running) faults.push('it is running');
    if (outstanding.some((count) => count !== 0)) faults.push(`left in the host: ${outstanding.join()}`);
    if (this.#unsettled > 0) faults.push(`${String(this.#unsettled)} promises have not settled`);
    for (const event of ['startup', 'shutdown'] as const)
      if (reactor.isFiring(event)) faults.push(`${event} is being fired`);
  }

  #register(): void {
    const { reactor, hear, handles } = this;
    const onStop = (): void => {
      hear('signal');
      reactor.signal.addEventListener('abort', onStop);
    };
    reactor.signal.addEventListener('abort', onStop);
    for (const event of ['startup', 'shutdown', 'job'] as const) {
      for (const phase of PHASES) {
        const name = `${phase} ${event}`;
        const pends = `${name}, pending`;
        const add = (trigger: Parameters<typeof reactor.addSystemEventTrigger>[2], required = false): void => {
          handles.push(reactor.addSystemEventTrigger(phase, event, trigger, { every: true, name, required }));
        };
        add(() => hear(name));
        add(({ signal }) => {
          signal.addEventListener('abort', () => hear(`abort of ${pends}`));
          return new Promise<void>((resolve) => {
            (event === 'job' ? this.#waitingJobs : this.#waiting).push(resolve);
          });
        });
        add(() => ({
          then: (resolve: () => void) => {
            hear(`then of ${name}`);
            resolve();
          },
        }));
      }
      handles.push(
        reactor.on(event, function fails() {
          throw new Error('a trigger fails');
        }),
      );
    }
    reactor.use({
      name: 'service',
      startup: { during: () => hear('startup of the service') },
      shutdown: { during: () => hear('shutdown of the service') },
    });
    reactor.on('other', () => hear('other'));
    reactor.callWhenRunning(() => hear('callWhenRunning'));
  }
}

/** The names of all hooks, from a run in which no hook makes a call. */
export async function hooksOf(end: keyof typeof ENDS, logs: boolean): Promise<readonly string[]> {
  const life = new Reentry('none', 'stop', logs);
  await life.live(end);
  const hooks = life.trace.filter((line) => !line.startsWith('-')).map((line) => line.replace(/ \(\w+\)$/, ''));
  return [...new Set(hooks)];
}
