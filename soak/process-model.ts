/** Kind `process`: the model of a planned process. */
import { constants } from 'node:os';
import { isReload, type Act, type Plan, type Stream } from './plan.ts';
import { checkPrinted } from './printed-lines.ts';

/** What the soak has seen of a process. */
export interface Observed {
  /** The lines that the process reported: steps, acts and effects. */
  readonly lines: readonly string[];
  readonly printed: { readonly stdout: string; readonly stderr: string };
  /** The exit status of the process that the soak started, which may be the parent of the planned process. */
  readonly status: number | string;
}

/** A process that uses more CPU time is in a busy loop. Milliseconds. */
const BUSY_MS = 10_000;
/** A process that prints more lines is in a busy loop too. */
const BUSY_LINES = 50;

/** Checks a process against its plan. Returns a message for each violation (N5, N7, N11, N20, N22, N23, N24, N25). */
export function judge(plan: Plan, observed: Observed): readonly string[] {
  const model = new ProcessModel(plan);
  for (const line of observed.lines) model.see(line);
  model.end(observed);
  return model.isSlow ? [] : model.wrong;
}

/** Follows a process by the lines that it reports. */
class ProcessModel {
  readonly wrong: string[] = [];
  /** The machine was so slow that a doubled signal counted as a second one. Then nothing is checked. */
  isSlow = false;
  readonly #plan: Plan;
  readonly #lines: string[] = [];
  readonly #steps: string[] = [];
  readonly #done: string[] = [];
  #act: Act | undefined;
  /** The kinds and signals of the acts so far. */
  readonly #acts: Set<string> = new Set();
  /** Why the reactor stops: a signal, or the kind of the reason. */
  #stopReason: string | undefined;
  /** Whether the reactor was stopping when the last act began. */
  #wasStopping = false;
  /** The number of stop signals; a doubled signal counts once. */
  #signals = 0;
  /** The second signal. */
  #escalatedBy: string | undefined;
  /** The first signal that arrived before a main had ended. It decides the exit status (N24). */
  #interruptedBy: string | undefined;
  #reloads = 0;
  #reloadsAsked = 0;
  #isReloading = false;
  readonly #closed: Set<Stream> = new Set();
  /** A write to stdout or stderr has failed. */
  #isBroken = false;
  /** The state of the reactor in which other code called `process.exit()`. */
  #exitsIn: string | undefined;
  /** The status that other code passed to `process.exit()`. */
  #exitStatus: number | undefined;
  /** The reason in the result of `run()`. */
  #over: string | undefined;
  /** The status in the `exit` event of the process. */
  #exit: string | undefined;
  /** The status of the planned process, as its parent saw it. */
  #child: string | undefined;
  /** A signal was sent again after the run, and the process has not reported that it survived. */
  #isRepeating = false;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /**
   * The process has reported a line. Its first word says what happened:
   *
   * - `at`, `done`: a step has begun, or is done
   * - `act`, `acted`: an act begins, or must have had its effect
   * - `aborted`: the signal of the reactor has aborted, with this reason
   * - `signalled`: a listener of the process got this signal
   * - `exits`, `exit`: other code calls `process.exit()` in this state of the reactor; the `exit` event of the process
   * - `ends`, `over`: the program ends by itself; the promise of the run has settled
   * - `slow`: the machine was too slow for a doubled signal
   */
  see(line: string): void {
    const [what = '', ...rest] = line.split(' ');
    const text = rest.join(' ');
    this.#lines.push(line);
    switch (what) {
      case 'pid':
        break;
      case 'at':
        this.#at(text);
        break;
      case 'done':
        this.#done.push(text);
        break;
      case 'act':
        this.#acting(text);
        break;
      case 'acted':
        this.#acted();
        break;
      case 'aborted':
        this.#stops(text);
        break;
      case 'signalled':
        this.#interrupt(text);
        break;
      case 'ends':
        this.#acts.add('end');
        break;
      case 'reload':
        this.#check(!this.#isReloading, 'N20', 'a reload began while one was under way');
        this.#check(this.#hasStarted, 'N20', 'a reload began before all services had started');
        this.#check(text !== 'stopping', 'N20', 'a reload began while the reactor stopped');
        this.#isReloading = true;
        this.#reloads++;
        break;
      case 'reloaded':
        this.#isReloading = false;
        break;
      case 'broken':
        this.#isBroken = true;
        break;
      case 'exits':
        this.#exitsIn = text;
        break;
      case 'over':
        this.#check(
          text === this.#stopReason,
          'N11',
          `the reason is ${text}, the signal had ${String(this.#stopReason)}`,
        );
        this.#over = text;
        break;
      case 'listeners':
        this.#check(text === '', 'C30', `listeners of ${text} are left`);
        break;
      case 'repeats':
      case 'survives':
        this.#isRepeating = what === 'repeats';
        break;
      case 'slow':
        this.isSlow = true;
        break;
      case 'exit':
        this.#check(this.#exit === undefined, 'N11', 'it exits twice');
        this.#exit = rest[0];
        this.#check(Number(rest[1]) < BUSY_MS, 'N23', `it was busy for ${String(rest[1])} ms`);
        this.#check(Number(rest[2]) < BUSY_LINES, 'N23', `it has printed ${String(rest[2])} lines`);
        break;
      case 'child':
        this.#child = text;
        break;
      default:
        this.#check(false, 'N11', line);
    }
  }

  /** The process has ended. Checks its status, its output and the order of its steps. */
  end({ printed, status }: Observed): void {
    this.#checkStatus(status);
    this.wrong.push(
      ...checkPrinted(printed, {
        isCut: this.#isCut,
        isEscalated: this.#escalatedBy !== undefined,
        closed: this.#closed,
        isBroken: this.#isBroken,
        isScript: this.#plan.kind === 'main',
        logger: this.#plan.logger,
      }),
    );
    this.#check(!this.#isRepeating, 'N5', 'a doubled signal ended the process after its run');
    if (this.#exitsIn !== undefined) return;
    this.#check(this.#over !== undefined, 'N11', 'the run is not over');
    this.#check(this.#exit !== undefined, 'N11', 'there was no exit event');
    this.#checkOrder();
    this.#checkReloads();
  }

  #at(step: string): void {
    const [name] = step.split(' ');
    this.#check(!this.#steps.includes(step), 'C52', `${step} came twice`);
    this.#check(name !== 'start' || this.#stopReason === undefined, 'N7', `${step} began after the stop`);
    if (name === 'start')
      this.#check(
        step === `start ${String(this.#steps.filter((other) => other.startsWith('start ')).length)}`,
        'C52',
        `${step} came out of order`,
      );
    this.#steps.push(step);
  }

  /** The act of this step begins. */
  #acting(step: string): void {
    const act = this.#plan.acts[step];
    this.#act = act;
    if (act === undefined) return;
    this.#wasStopping = this.#stopReason !== undefined;
    this.#acts.add(act.kind);
    if (act.kind === 'exit') this.#exitStatus = act.status;
    if (act.kind === 'close') for (const stream of act.streams) this.#closed.add(stream);
    if (act.kind === 'signal') {
      if (!isReload(this.#plan, act.signal)) this.#acts.add(act.signal);
      else if (!this.#wasStopping) this.#reloadsAsked++;
    }
  }

  /** The last act must have had its effect by now. */
  #acted(): void {
    const act = this.#act;
    if (act === undefined) return;
    const reloads = act.kind === 'signal' && isReload(this.#plan, act.signal);
    const isStopping = this.#stopReason !== undefined;
    if (reloads)
      this.#check(this.#wasStopping || !isStopping, 'N20', 'SIGHUP stopped the reactor instead of reloading it');
    else this.#check(isStopping, 'N4, N23, N25', `${JSON.stringify(act)} has not stopped the reactor`);
    if (act.kind !== 'signal' || reloads) return;
    if (this.#wasStopping) this.#signals++; // the first signal was counted when the reactor stopped
    if (this.#signals > 1) this.#escalatedBy = act.signal;
  }

  /** The signal of the reactor has aborted. */
  #stops(reason: string): void {
    this.#check(this.#stopReason === undefined, 'C28', `it stops by ${reason} after ${String(this.#stopReason)}`);
    const cause = { uncaught: 'close', disconnect: 'orphan', stop: 'end', 'main-ended': 'end' }[reason] ?? reason;
    this.#check(this.#acts.has(cause), 'N4, N23, N25', `it stops by ${reason}, but no act had that effect`);
    this.#stopReason = reason;
    if (!reason.startsWith('SIG')) return;
    this.#signals++;
    this.#interrupt(reason);
  }

  /** A signal arrived, whether or not it was the first one (N24). */
  #interrupt(signal: string): void {
    if (this.#plan.kind === 'main' && !this.#done.includes('main')) this.#interruptedBy ??= signal;
  }

  /** The exit status must be the one that docs/exit-codes.md gives. */
  #checkStatus(status: number | string): void {
    const expected = String(this.#expectedStatus());
    // If the parent was killed, only the planned process itself has reported a status.
    const seen = this.#plan.parent === 'none' ? String(status) : (this.#child ?? this.#exit);
    if (this.#exitsIn !== undefined && this.#plan.parent !== 'none' && this.#child === undefined) return;
    this.#check(seen === expected, 'N11, N22, N23, N24', `the status is ${String(seen)} instead of ${expected}`);
  }

  #expectedStatus(): number {
    if (this.#exitStatus !== undefined && this.#exitsIn !== undefined) {
      return this.#isCut ? this.#exitStatus || 1 : this.#exitStatus;
    }
    if (this.#escalatedBy !== undefined) return statusOf(this.#escalatedBy);
    if (this.#stopReason === 'uncaught') return 1;
    if (this.#interruptedBy !== undefined) return statusOf(this.#interruptedBy);
    return this.#isBroken ? 1 : 0;
  }

  get #hasStarted(): boolean {
    return this.#done.filter((done) => done.startsWith('start ')).length === this.#plan.steps.start;
  }

  /** Other code called `process.exit()` before the program had ended (N22). */
  get #isCut(): boolean {
    return this.#exitsIn === 'stopping' || (this.#exitsIn !== undefined && this.#plan.kind === 'service');
  }

  #checkOrder(): void {
    const stops = this.#steps.filter((step) => step.startsWith('stop '));
    const started = this.#done.filter((done) => done.startsWith('start '));
    const due = started.map((done) => done.replace('start', 'stop')).reverse();
    this.#check(String(stops) === String(due), 'C52', `${String(stops)} instead of ${String(due)}`);
    for (const step of ['before 0', 'after 0']) this.#check(this.#steps.includes(step), 'C52', `no ${step}`);
    if (this.#escalatedBy !== undefined) return; // after a second signal, no phase waits for the one before
    this.#check(this.#steps.at(-1) === 'after 0', 'C10', `${String(this.#steps.at(-1))} came last`);
    if (this.#plan.kind === 'service') this.#checkFirst('done setup', 'at before 0', 'N7');
    if (this.#plan.kind === 'main') this.#checkFirst('done main', 'at stop', 'N24');
  }

  #checkFirst(first: string, second: string, statement: string): void {
    const at = this.#lines.findIndex((line) => line.startsWith(first));
    const holds = at >= 0 && at < this.#lines.findIndex((line) => line.startsWith(second));
    this.#check(holds, statement, `not "${first}" before "${second}"`);
  }

  #checkReloads(): void {
    this.#check(this.#reloads <= this.#reloadsAsked, 'N20', `it has reloaded ${String(this.#reloads)} times`);
    const mustReload = this.#reloadsAsked > 0 && this.#steps.includes('work 0');
    this.#check(this.#reloads > 0 || !mustReload, 'N20', 'it has not reloaded');
  }

  #check(holds: boolean, statement: string, what: string): void {
    if (!holds) this.wrong.push(`${statement}: ${what}`);
  }
}

function statusOf(signal: string): number {
  const numbers: Readonly<Record<string, number | undefined>> = constants.signals;
  return 128 + (numbers[signal] ?? 0);
}
