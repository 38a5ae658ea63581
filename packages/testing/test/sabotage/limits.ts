import type { SabotagedCore } from './sabotage.ts';

/** Time limits. */
export const sabotagedLimits: readonly SabotagedCore[] = [
  {
    statement: 'C22',
    what: 'a timeout of a trigger that is ignored',
    file: 'firing.ts',
    find: 'if (timeout !== undefined && timeout !== Infinity && !pending.settled) {',
    replace: 'if (timeout === Infinity) {',
  },
  {
    statement: 'C22',
    what: 'a deadline that is ignored',
    file: 'firing.ts',
    find: 'if (deadline !== Infinity) {',
    replace: 'if (deadline === -1) {',
  },
  {
    statement: 'C22',
    what: 'a timeout that opens the barrier for the siblings too',
    file: 'firing.ts',
    find: 'this.#timeOut([pending]);',
    replace: 'this.#timeOut(this.#waiting);',
  },
  {
    statement: 'C22',
    what: 'a late rejection of what was left behind that is reported after all',
    file: 'firing.ts',
    find: 'if (!this.#close(pending, outcome)) return;',
    replace:
      "if (!this.#close(pending, outcome)) { if (outcome === 'failed') this.#env.report(error, this.#source(pending.trigger)); return; }",
  },
  {
    statement: 'C22',
    what: 'a limit of a phase that counts from the start of the firing',
    file: 'firing.ts',
    find: 'this.#after(this.#phaseStart + limit,',
    replace: 'this.#after(this.#start + limit,',
  },
  {
    statement: 'C22',
    what: 'limits that go before those of the firing when the reactor has them',
    file: 'system-event.ts',
    find: '{ ...this.#limits, ...options.limits }',
    replace: '{ ...options.limits, ...this.#limits }',
  },
  {
    statement: 'C22',
    what: 'a wakeup for limits that also makes calls on a reactor that is not started',
    file: 'turn-loop.ts',
    find: 'if (!this.#inTurn) this.#turn(this.#active);',
    replace: 'if (!this.#inTurn) this.#turn(true);',
  },
  {
    statement: 'C22',
    what: 'limits that expire after the queued calls of a turn',
    file: 'turn-loop.ts',
    find: 'this.limits.runDue(start, this.#limitSlice, runLimit);\n      if (all) this.#runCalls(start);',
    replace: 'if (all) this.#runCalls(start);\n      this.limits.runDue(start, this.#limitSlice, runLimit);',
  },
  {
    statement: 'C22',
    what: 'a deadline of shutdown that counts from its firing',
    file: 'firing.ts',
    find: 'const { limits, deadlineFrom = this.#start } = this.#settings;',
    replace: 'const { limits } = this.#settings;\n    const deadlineFrom = this.#start;',
  },
  {
    statement: 'C22',
    what: 'an age that is always 0',
    file: 'firing.ts',
    find: '      age: now - startedAt,',
    replace: '      age: 0,',
  },
  {
    statement: 'C22',
    what: 'a deadline after which later phases wait again',
    file: 'firing.ts',
    find: 'this.escalate(new Error(`${what} has passed`));',
    replace: 'this.#resume();',
  },
];
