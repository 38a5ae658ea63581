import type { SabotagedCore } from './sabotage.ts';

/** Crashes and escalations. */
export const sabotagedBreaks: readonly SabotagedCore[] = [
  {
    statement: 'C31',
    what: 'a crash that fires shutdown',
    file: 'lifecycle.ts',
    find: 'if (this.#run === run) this.#crash(run);',
    replace: "if (this.#run === run) this.#beginStop({ kind: 'crash' });",
  },
  {
    statement: 'C31',
    what: 'a crash in the middle of the turn',
    file: 'turn-loop.ts',
    find: 'if (this.#inTurn) this.#afterTurn ??= action;',
    replace: 'if (this.#inTurn && this.#mark !== undefined) this.#afterTurn ??= action;',
  },
  {
    statement: 'C31',
    what: 'a crash after which nothing can be run again',
    file: 'lifecycle.ts',
    find: '    this.#toIdle();\n    this.#settle(run, this.#left());',
    replace:
      "    if (this.state !== 'stopping') this.#state.to('stopping');\n    this.#state.to('stopped');\n    this.#settle(run, this.#left());",
  },
  {
    statement: 'C31',
    what: 'a crash that leaves a firing in flight',
    file: 'lifecycle.ts',
    find: 'event.abandon(reason);',
    replace: 'void event;',
  },
  {
    statement: 'C31',
    what: 'a crash of a reactor that has stopped',
    file: 'lifecycle.ts',
    find: "if (run === undefined || !this.#state.started) throw notRunning('crash()', this.state);",
    replace: 'if (run === undefined || !this.#state.started) return;',
  },
  {
    statement: 'C31',
    what: 'services that a second run starts again',
    file: 'service-graph.ts',
    find: '(node.called & bit) === 0',
    replace: 'true',
  },
  {
    statement: 'C31',
    what: 'a crash that empties the queue',
    file: 'turn-loop.ts',
    find: '    this.#active = false;\n    this.#mark = undefined;',
    replace: '    this.#active = false;\n    (this as any).queue = new CallQueue();\n    this.#mark = undefined;',
  },
  {
    statement: 'C32',
    what: 'an escalation that waits',
    file: 'lifecycle.ts',
    find: '    this.#fireShutdown(run);\n    this.#shutdown.firing?.escalate(reason);',
    replace: '',
  },
  {
    statement: 'C32',
    what: 'an escalation that leaves out the later phases',
    file: 'firing.ts',
    find: '    this.#escalated = true;\n    this.#graceLeft = 0;',
    replace: '    this.#escalated = true;\n    this.#cut = true;\n    this.#graceLeft = 0;',
  },
  {
    statement: 'C32',
    what: 'an escalation that aborts no signal',
    file: 'firing.ts',
    find: '    this.#graceLeft = 0;\n    this.#abortAll(reason);',
    replace: '    this.#graceLeft = 0;',
  },
  {
    statement: 'C32',
    what: 'an escalation of a reactor that has stopped',
    file: 'lifecycle.ts',
    find: "if (run === undefined || !this.#state.started) throw notRunning('escalate()', this.state);",
    replace: 'if (run === undefined || !this.#state.started) return;',
  },
  {
    statement: 'C32',
    what: 'an escalation while starting after which shutdown waits',
    file: 'lifecycle.ts',
    find: '    run.escalated = true;\n',
    replace: '',
  },
  {
    statement: 'C32',
    what: 'an escalation that startup holds up',
    file: 'lifecycle.ts',
    find: '    this.#startup.firing?.escalate(reason);\n    this.#fireShutdown(run);\n    this.#shutdown',
    replace: '    this.#fireShutdown(run);\n    this.#shutdown',
  },
  {
    statement: 'C32',
    what: 'an escalated end of the run after which the turn goes on',
    file: 'turn-loop.ts',
    find: '    this.#slice.end();\n',
    replace: '',
  },
];
