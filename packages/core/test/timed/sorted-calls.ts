import type { Subject } from './timer-queue.program.ts';

interface ModelCall {
  readonly id: number;
  readonly fn: () => void;
  time: number;
  order: number;
  state: 'waits' | 'called' | 'cancelled';
}

/** The rules of timed calls in their simplest form: one list, sorted at each question (C39–C42). */
export class SortedCalls implements Subject {
  readonly #calls: ModelCall[] = [];
  #now = 0;
  #order = 1;

  now(): number {
    return this.#now;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  add(ms: number, fn: () => void): void {
    this.#calls.push({ id: this.#calls.length, fn, time: this.#now + ms, order: this.#order++, state: 'waits' });
  }

  change(kind: 'cancel' | 'reset' | 'delay', target: number, ms: number): string {
    const call = this.#calls[target]!;
    if (call.state !== 'waits') return `ERR_TRIPHASE_ALREADY_${call.state.toUpperCase()}`;
    if (kind === 'cancel') {
      call.state = 'cancelled';
      return '';
    }
    call.order = this.#order++;
    if (kind === 'reset') call.time = this.#now + ms;
    else if (call.time === Infinity && ms === -Infinity) call.time = this.#now;
    else call.time = Math.max(this.#now, call.time + ms);
    return '';
  }

  next(): number {
    return this.#sorted()[0]?.time ?? Infinity;
  }

  list(): readonly number[] {
    return this.#sorted().map(({ id }) => id);
  }

  size(): number {
    return this.#calls.filter(({ state }) => state === 'waits').length;
  }

  order(): number {
    return this.#order;
  }

  hasDue(now: number, before: number): boolean {
    return this.#sorted().some(({ time, order }) => time <= now && order < before);
  }

  run(now: number, batch: number, ran: (call: number, lateness: number) => void): void {
    const before = this.#order;
    for (let left = batch; left > 0; left--) {
      const call = this.#sorted().find(({ time, order }) => time <= now && order < before);
      if (call === undefined) return;
      call.state = 'called';
      ran(call.id, now - call.time);
      call.fn();
    }
  }

  #sorted(): ModelCall[] {
    return this.#calls
      .filter(({ state }) => state === 'waits')
      .sort((a, b) => (a.time === b.time ? a.order - b.order : a.time < b.time ? -1 : 1));
  }
}
