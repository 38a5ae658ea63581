/** Kind `life`: chooses the random steps of a life. call-steps.ts and trigger-steps.ts do them. */
import { ReactorNotRunningError, ReentrantTurnError, SelfWaitError, type StopReason } from '@triphase/core';
import { CallSteps } from './call-steps.ts';
import type { Random } from './random.ts';
import type { Subject } from './subject.ts';
import { TriggerSteps } from './trigger-steps.ts';

/** The maximum depth of steps inside of triggers and calls. */
const MAX_DEPTH = 3;

/** A random program. It does steps from outside, and in its triggers and calls. */
export class Program {
  /** The reasons with which it has stopped this run, in order. */
  reasons: StopReason[] = [];
  /** Aborts the signal that was passed to `run()`. */
  aborter: AbortController | undefined;
  readonly triggers: TriggerSteps;
  readonly #subject: Subject;
  readonly #calls: CallSteps;
  #crashes = 0;

  constructor(subject: Subject) {
    const step = (random: Random, depth: number): void => {
      this.step(random, depth);
    };
    this.#subject = subject;
    this.triggers = new TriggerSteps(subject, step);
    this.#calls = new CallSteps(subject, step);
  }

  step(random: Random, depth: number): void {
    if (depth > MAX_DEPTH) return;
    const { reactor } = this.#subject;
    const kind = random.weighted({
      register: 6,
      remove: 3,
      fire: 8,
      settle: 12,
      soon: 6,
      later: 8,
      change: 5,
      loop: 1,
      task: 1,
      sleep: 3,
      whenRunning: 2,
      use: 1,
      look: 3,
      iterate: 1,
      stop: 1,
    });
    this.#subject.count(kind);
    this.#subject.journal.note(`${'  '.repeat(depth)}${kind}`);
    switch (kind) {
      case 'register':
        this.triggers.register(random, depth);
        break;
      case 'remove':
        this.triggers.remove(random);
        break;
      case 'fire':
        this.triggers.fire(random);
        break;
      case 'settle':
        this.triggers.settle(random);
        break;
      case 'soon':
        this.#calls.soon(random, depth);
        break;
      case 'later':
        this.#calls.later(random, depth);
        break;
      case 'change':
        this.#calls.change(random);
        break;
      case 'loop':
        this.#calls.loop(random, depth);
        break;
      case 'task':
        this.#calls.task(random);
        break;
      case 'sleep':
        this.#calls.sleep(random);
        break;
      case 'whenRunning':
        this.triggers.whenRunning(random, depth);
        break;
      case 'use':
        if (reactor.state === 'starting') this.triggers.use(random);
        break;
      case 'look':
        this.#subject.calls.compareList(reactor.getDelayedCalls());
        this.#subject.calls.compareQueue(reactor.pending());
        reactor.describe();
        break;
      case 'iterate':
        if (reactor.state !== 'stopped') this.#subject.journal.allow([ReentrantTurnError], () => reactor.iterate());
        break;
      case 'stop': {
        const how = random.weighted({ stop: 8, escalate: 3, crash: 2, abort: 2, dispose: 2 });
        this.stop(how, random);
        break;
      }
    }
  }

  stop(how: 'stop' | 'escalate' | 'crash' | 'abort' | 'dispose', random: Random): void {
    const { reactor } = this.#subject;
    const reason: StopReason = { kind: random.pick(['stop', 'enough', 'signal']) };
    this.#subject.count(`stop: ${how}`);
    this.#subject.journal.note(`stop: ${how} (${reactor.state})`);
    this.#subject.journal.allow([ReactorNotRunningError, SelfWaitError], () => {
      if (how === 'crash') {
        if (this.#crashes >= 2) return;
        reactor.crash();
        this.#crashes++;
      } else if (how === 'abort') this.aborter?.abort();
      else if (how === 'dispose') void reactor[Symbol.asyncDispose]();
      else {
        const isStarted = reactor.state === 'starting' || reactor.state === 'running';
        if (isStarted) this.reasons.push(reason);
        if (how === 'escalate') reactor.escalate(reason);
        else void reactor.stop(reason).catch(() => undefined); // the promise of run() reports it too
      }
    });
  }
}
