import {
  ReactorBase,
  StartupFailedError,
  TriphaseError,
  type HostControl,
  type Phase,
  type TriggerHandle,
} from '@triphase/core';

import { settled } from './hand-turned-reactor.ts';

/** A host that counts what it has given, and tells when its hooks are called. */
class CountingReactor extends ReactorBase {
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

  /** What it has not got back. */
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

  /** Lets time pass, and gives the turns that are asked for. */
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

const PHASES: readonly Phase[] = ['before', 'during', 'after'];

/** What may be asked from inside of a hook. */
export const CALLS = {
  stop: ({ reactor, keep }) => {
    keep(reactor.stop());
  },
  crash: ({ reactor }) => {
    reactor.crash();
  },
  escalate: ({ reactor }) => {
    reactor.escalate();
  },
  run: ({ reactor, keep }) => {
    keep(reactor.run());
  },
  dispose: ({ reactor, keep }) => {
    keep(reactor[Symbol.asyncDispose]());
  },
  'crash, run': ({ reactor, keep }) => {
    reactor.crash();
    keep(reactor.run());
  },
  'crash, run, stop': ({ reactor, keep }) => {
    reactor.crash();
    keep(reactor.run());
    keep(reactor.stop());
  },
  'crash, run, escalate': ({ reactor, keep }) => {
    reactor.crash();
    keep(reactor.run());
    reactor.escalate();
  },
  'stop, crash': ({ reactor, keep }) => {
    keep(reactor.stop());
    reactor.crash();
  },
  'escalate, crash, dispose': ({ reactor, keep }) => {
    reactor.escalate();
    reactor.crash();
    keep(reactor[Symbol.asyncDispose]());
  },
  fire: ({ reactor, keep }) => {
    keep(reactor.fire('other'));
  },
  'fire again': ({ reactor, keep }) => {
    keep(reactor.fire('job', undefined, { whenFiring: 'again' }));
  },
  remove: ({ handles }) => {
    for (const handle of handles) handle.remove();
  },
  add: ({ reactor }) => {
    for (const event of ['shutdown', 'startup'] as const) reactor.once(event, () => undefined);
  },
  use: ({ reactor }) => {
    reactor.use({ name: 'late', startup: { during: () => undefined }, shutdown: { during: () => undefined } });
  },
  callWhenRunning: ({ reactor }) => {
    reactor.callWhenRunning(() => undefined);
  },
  waitUntil: ({ reactor }) => {
    reactor.waitUntil(Promise.resolve());
  },
  callLater: ({ reactor }) => {
    reactor.callLater(0, () => undefined, { onDrop: () => undefined });
    reactor.callSoon(() => undefined);
  },
  iterate: ({ reactor }) => {
    reactor.iterate();
  },
  'host: stop': ({ reactor }) => {
    reactor.control?.stop({ kind: 'startup-failed', cause: new Error('by the host') });
  },
  'host: escalate': ({ reactor }) => {
    reactor.control?.escalate({ kind: 'host' });
  },
  'host: leave': ({ reactor }) => {
    reactor.control?.fire('shutdown', { kind: 'pagehide' }, { terminal: true });
  },
  'host: fire': ({ reactor }) => {
    reactor.control?.fire('job', undefined, { terminal: false });
    reactor.control?.fire('other', undefined, { terminal: true });
  },
  'host: hold': ({ reactor }) => {
    reactor.control?.holdStart()();
  },
  throw: () => {
    throw new Error('thrown by a hook');
  },
} satisfies Record<string, (one: Reentry) => void>;

/** How the run is ended, if what is called has not ended it. */
export const ENDS = {
  stop: ({ reactor, keep }) => {
    keep(reactor.stop());
  },
  abort: ({ controller }) => {
    controller.abort();
  },
  escalate: ({ reactor }) => {
    reactor.escalate();
  },
  crash: ({ reactor }) => {
    reactor.crash();
  },
  leave: CALLS['host: leave'],
} satisfies Record<string, (one: Reentry) => void>;

/** A run of a reactor whose every hook is heard; in one of them, once, something is asked of it. */
export class Reentry {
  /** Hooks in the order in which they were called, with the state at that moment. */
  readonly trace: string[] = [];
  /** What is wrong with it, in words. */
  readonly faults: string[] = [];
  readonly reactor: CountingReactor;
  readonly controller = new AbortController();
  readonly handles: TriggerHandle[] = [];
  readonly #waiting: (() => void)[] = [];
  /** Of `job`, which waits until all is over: the end of the run abandons it. */
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

  /** What is asked of the reactor and may settle later: it must. */
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

  /** Lives it, ended so; afterwards what a reactor must always be able to do is tried. */
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

  /** A crash, or a host that failed, leaves a reactor that can be run. */
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

  /** Whatever has been asked for, there is an end to it. */
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

/** Every hook that is called in some life: those of a life in which nothing is asked. */
export async function hooksOf(end: keyof typeof ENDS, logs: boolean): Promise<readonly string[]> {
  const life = new Reentry('none', 'stop', logs);
  await life.live(end);
  const hooks = life.trace.filter((line) => !line.startsWith('-')).map((line) => line.replace(/ \(\w+\)$/, ''));
  return [...new Set(hooks)];
}
