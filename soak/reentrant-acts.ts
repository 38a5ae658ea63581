/** Kind `reentrant`: what a program does inside of its callbacks. */
import {
  EventAlreadyFiringError,
  PhasePassedError,
  ReactorAlreadyRunningError,
  ReactorNotRestartableError,
  ReactorNotRunningError,
  ReentrantTurnError,
  SelfWaitError,
  ServiceGraphError,
  UnknownTriggerError,
  type DelayedCall,
} from '@triphase/core';
import type { ReentrantLife } from './reentrant-life.ts';
import type { Random } from './random.ts';

/** How often each act is chosen, relative to the others. `gate` gives work to a gate. */
const WEIGHTS = {
  stop: 8,
  crash: 8,
  run: 12,
  fire: 14,
  remove: 6,
  escalate: 5,
  dispose: 2,
  add: 8,
  use: 3,
  addService: 2,
  removeService: 2,
  restart: 4,
  lose: 3,
  gate: 3,
  fail: 1,
  settle: 10,
  soon: 3,
  later: 4,
  cancel: 2,
  waitUntil: 2,
  whenRunning: 2,
  iterate: 2,
  abort: 4,
  listen: 4,
  host: 5,
  look: 3,
} as const;

/** The acts of one program. Each may happen inside of any callback. */
export class ReentrantActs {
  readonly #life: ReentrantLife;
  readonly #calls: DelayedCall[] = [];
  readonly #aborters: AbortController[] = [];

  constructor(life: ReentrantLife) {
    this.#life = life;
  }

  /** Does one random act. An error that this act doesn't allow is a violation. */
  act(random: Random): void {
    const kind = random.weighted(WEIGHTS);
    this.#life.journal.note(`${kind} (${this.#life.reactor.state})`);
    this.#life.count(`reentrant: ${kind}`);
    this.do(kind, random);
  }

  /** Does an act of this kind. */
  do(kind: keyof typeof WEIGHTS, random: Random): void {
    const life = this.#life;
    const { reactor } = life;
    switch (kind) {
      case 'stop':
        this.#life.journal.allow([ReactorNotRunningError, SelfWaitError], () => {
          reactor.stop().catch(() => undefined); // the promise of run() reports it too
        });
        break;
      case 'crash':
        this.#life.journal.allow([ReactorNotRunningError], () => {
          reactor.crash();
        });
        break;
      case 'escalate':
        this.#life.journal.allow([ReactorNotRunningError], () => {
          reactor.escalate();
        });
        break;
      case 'run':
        this.run(random);
        break;
      case 'fire':
        this.#fire(random);
        break;
      case 'remove': {
        const chosen = random.pick([undefined, ...life.handles]);
        if (chosen === undefined) break;
        const isStarting = life.watchers.isStarting(chosen.registered.name);
        this.#life.journal.allow([UnknownTriggerError], () => {
          let isRemoved = true;
          if (random.chance(0.5)) isRemoved = chosen.handle.remove();
          else reactor.removeSystemEventTrigger(chosen.handle);
          // A trigger that the observer has reported as started is called even if it is removed now.
          if (isRemoved && !isStarting) chosen.registered.isRemoved = true;
        });
        break;
      }
      case 'dispose':
        void reactor[Symbol.asyncDispose](); // never rejects (C33)
        break;
      case 'add':
        this.#life.journal.allow([PhasePassedError], () => {
          life.add(random);
        });
        break;
      case 'use':
        // ServiceGraphError: a service that it needs may have been removed.
        this.#life.journal.allow([PhasePassedError, ServiceGraphError], () => {
          life.services.use(random);
        });
        break;
      case 'addService':
        life.services.add(random);
        break;
      case 'removeService':
        life.services.remove(random);
        break;
      case 'restart':
        life.services.restart(random);
        break;
      case 'lose':
        life.services.lose(random);
        break;
      case 'gate':
        life.services.work(random);
        break;
      case 'fail': {
        const isIdle = reactor.state === 'idle';
        this.#life.journal.allow([ReactorNotRunningError], () => {
          // Without a run, `fail` throws the error as the cause of a ReactorNotRunningError, and nothing else reports it.
          reactor.fail(life.errors.next(() => isIdle));
        });
        break;
      }
      case 'settle':
        life.settle(random);
        break;
      case 'soon':
        reactor.callSoon(() => {
          life.inCallback('callSoon');
        });
        break;
      case 'later':
        this.#later(random);
        break;
      case 'cancel':
        this.#calls.pop()?.[Symbol.dispose]();
        break;
      case 'waitUntil':
        this.#life.journal.allow([ReactorNotRunningError], () => {
          reactor.waitUntil(life.thenable(random, 'then of waitUntil').value);
        });
        break;
      case 'whenRunning':
        this.#life.journal.allow([ReactorNotRunningError, PhasePassedError], () => {
          reactor.callWhenRunning(() => {
            life.inCallback('callWhenRunning');
          });
        });
        break;
      case 'iterate':
        this.#life.journal.allow([ReentrantTurnError], () => reactor.iterate());
        break;
      case 'abort':
        this.#aborters.pop()?.abort(new Error('aborted by the program'));
        break;
      case 'listen':
        reactor.signal.addEventListener('abort', () => {
          life.inCallback('reactor.signal');
        });
        break;
      case 'host':
        this.#host(random);
        break;
      case 'look':
        reactor.pending();
        reactor.describe();
        break;
    }
  }

  /** Starts a run. The life itself calls it for the first run. */
  run(random: Random): void {
    const life = this.#life;
    if (life.model.run >= 6) return;
    const aborter = random.chance(0.3) ? new AbortController() : undefined;
    if (aborter !== undefined) {
      this.#aborters.push(aborter);
      if (random.chance(0.3)) aborter.abort();
      // Listens before core does.
      else
        aborter.signal.addEventListener('abort', () => {
          life.inCallback('options.signal');
        });
    }
    const state = life.reactor.state;
    // Before `run()`: it calls host hooks, which need the number of the run.
    const number = state === 'idle' ? life.model.runBegins() : 0;
    const begun = this.#life.journal.allow(
      [ReactorAlreadyRunningError, ReactorNotRestartableError, life.HookError],
      () => {
        life.follow(number, life.reactor.run(aborter === undefined ? {} : { signal: aborter.signal }));
      },
    );
    if (!begun && number !== 0) life.model.runFailed(number);
  }

  /** Fires an event, sometimes again while it is being fired. */
  #fire(random: Random): void {
    const life = this.#life;
    const event = random.pick(life.events);
    const detail = {};
    const again = random.chance(0.35);
    const run = life.isStarted() && !life.mayBeEnding ? life.model.run : 0;
    this.#life.journal.allow([EventAlreadyFiringError], () => {
      const promise = life.reactor.fire(event, detail, again ? { whenFiring: 'again' } : {});
      life.model.fired(event, detail, promise, run);
    });
  }

  #later(random: Random): void {
    const life = this.#life;
    const aborter = random.chance(0.2) ? new AbortController() : undefined;
    if (aborter !== undefined) this.#aborters.push(aborter);
    const fails = random.chance(0.2);
    const call = life.reactor.callLater(
      random.pick([0, 0, 1, 5, 1_000_000]),
      () => {
        life.inCallback('callLater');
      },
      {
        ...(aborter && { signal: aborter.signal }),
        onDrop: () => {
          life.inCallback('onDrop');
          if (fails) throw life.errors.next();
        },
      },
    );
    this.#calls.push(call);
  }

  /** Does what a host may do: stop, escalate or fire by its `HostControl`. */
  #host(random: Random): void {
    const life = this.#life;
    const { control } = life.reactor;
    if (control === undefined) return;
    const kind = random.pick(['stop', 'escalate', 'fire', 'terminal', 'shutdown', 'terminal shutdown']);
    life.journal.note(`  host: ${kind}`);
    if (kind === 'stop') control.stop({ kind: 'host' });
    else if (kind === 'escalate') control.escalate({ kind: 'host' });
    else if (kind === 'fire' || kind === 'terminal')
      control.fire(random.pick(life.events), {}, { terminal: kind === 'terminal' });
    else control.fire('shutdown', { kind: 'host' }, { terminal: kind === 'terminal shutdown' });
  }
}
