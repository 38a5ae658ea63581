import { constants } from 'node:os';
import { isReload, type Act, type Plan, type Stream } from './plan.ts';
import { checkPrinted } from './printed-lines.ts';

/** What another process has seen of it. */
export interface Story {
  /** The lines it wrote: steps, acts and effects. */
  readonly lines: readonly string[];
  readonly printed: { readonly stdout: string; readonly stderr: string };
  /** The status of the process that was started, which may be the parent. */
  readonly status: number | string;
}

/** More processor time than this is a busy loop. Milliseconds. */
const BUSY_MS = 10_000;
/** More printed lines than this are a busy loop too. */
const BUSY_LINES = 50;

/** What is wrong with a life of this plan; empty when nothing is (N5, N7, N11, N20, N22, N23, N24, N25). */
export function judge(plan: Plan, story: Story): readonly string[] {
  const model = new ProcessModel(plan);
  for (const line of story.lines) model.see(line);
  model.end(story);
  return model.isSlow ? [] : model.wrong;
}

/** A model of the life of a process, built from the lines that it writes. */
class ProcessModel {
  readonly wrong: string[] = [];
  /** The machine was so slow that a doubled signal came as a second one. */
  isSlow = false;
  readonly #plan: Plan;
  readonly #lines: string[] = [];
  readonly #steps: string[] = [];
  readonly #done: string[] = [];
  #act: Act | undefined;
  /** The kinds and signals of the acts so far. */
  readonly #acts: Set<string> = new Set();
  /** Why it stops: a signal, or the kind of the reason. */
  #told: string | undefined;
  #wasTold = false;
  /** The number of stop signals; a doubled signal counts once. */
  #signals = 0;
  #escalatedBy: string | undefined;
  #interruptedBy: string | undefined;
  #reloads = 0;
  #reloadsAsked = 0;
  #isReloading = false;
  readonly #closed: Set<Stream> = new Set();
  #isBroken = false;
  #exitsIn: string | undefined;
  #exitStatus: number | undefined;
  #over: string | undefined;
  #exit: string | undefined;
  #child: string | undefined;
  #isRepeating = false;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

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
      case 'told':
        this.#tell(text);
        break;
      case 'heard':
        this.#interrupt(text);
        break;
      case 'ends':
        this.#acts.add('end');
        break;
      case 'reload':
        this.#check(!this.#isReloading, 'N20', 'a reload began while one was under way');
        this.#check(this.#hasStarted, 'N20', 'a reload began, and not all services had started');
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
        this.#check(text === this.#told, 'N11', `the reason is ${text}, it was told ${String(this.#told)}`);
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

  /** Judges the whole story, after the process has ended. */
  end({ printed, status }: Story): void {
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
    this.#check(name !== 'start' || this.#told === undefined, 'N7', `${step} began after the stop had`);
    if (name === 'start')
      this.#check(
        step === `start ${String(this.#steps.filter((other) => other.startsWith('start ')).length)}`,
        'C52',
        `${step} came out of order`,
      );
    this.#steps.push(step);
  }

  #acting(step: string): void {
    const act = this.#plan.acts[step];
    this.#act = act;
    if (act === undefined) return;
    this.#wasTold = this.#told !== undefined;
    this.#acts.add(act.kind);
    if (act.kind === 'exit') this.#exitStatus = act.status;
    if (act.kind === 'close') for (const stream of act.streams) this.#closed.add(stream);
    if (act.kind === 'signal') {
      if (!isReload(this.#plan, act.signal)) this.#acts.add(act.signal);
      else if (!this.#wasTold) this.#reloadsAsked++;
    }
  }

  /** The last act must have had its effect by now. */
  #acted(): void {
    const act = this.#act;
    if (act === undefined) return;
    const reloads = act.kind === 'signal' && isReload(this.#plan, act.signal);
    if (reloads) this.#check(this.#wasTold || this.#told === undefined, 'N20', 'SIGHUP stopped what it was to reload');
    else this.#check(this.#told !== undefined, 'N4, N23, N25', `${JSON.stringify(act)} has not stopped it`);
    if (act.kind !== 'signal' || reloads) return;
    if (this.#wasTold) this.#signals++; // else it was counted when it was told
    if (this.#signals > 1) this.#escalatedBy = act.signal;
  }

  #tell(reason: string): void {
    this.#check(this.#told === undefined, 'C28', `it was told to stop by ${reason}, after ${String(this.#told)}`);
    const due = { uncaught: 'close', disconnect: 'orphan', stop: 'end', 'main-ended': 'end' }[reason] ?? reason;
    this.#check(this.#acts.has(due), 'N4, N23, N25', `it was told to stop by ${reason}`);
    this.#told = reason;
    if (!reason.startsWith('SIG')) return;
    this.#signals++;
    this.#interrupt(reason);
  }

  /** A signal arrived, whether or not it began the stop (N24). */
  #interrupt(signal: string): void {
    if (this.#plan.kind === 'main' && !this.#done.includes('main')) this.#interruptedBy ??= signal;
  }

  /** The status is that of docs/exit-codes.md. */
  #checkStatus(status: number | string): void {
    const expected = String(this.#expectedStatus());
    // If the parent is gone, only the process itself has written its status.
    const seen = this.#plan.parent === 'none' ? String(status) : (this.#child ?? this.#exit);
    if (this.#exitsIn !== undefined && this.#plan.parent !== 'none' && this.#child === undefined) return;
    this.#check(seen === expected, 'N11, N22, N23, N24', `the status is ${String(seen)} instead of ${expected}`);
  }

  #expectedStatus(): number {
    if (this.#exitStatus !== undefined && this.#exitsIn !== undefined) {
      return this.#isCut ? this.#exitStatus || 1 : this.#exitStatus;
    }
    if (this.#escalatedBy !== undefined) return statusOf(this.#escalatedBy);
    if (this.#told === 'uncaught') return 1;
    if (this.#interruptedBy !== undefined) return statusOf(this.#interruptedBy);
    return this.#isBroken ? 1 : 0;
  }

  get #hasStarted(): boolean {
    return this.#done.filter((done) => done.startsWith('start ')).length === this.#plan.steps.start;
  }

  /** Other code called `process.exit()` before the program was over (N22). */
  get #isCut(): boolean {
    return this.#exitsIn === 'stopping' || (this.#exitsIn !== undefined && this.#plan.kind === 'service');
  }

  #checkOrder(): void {
    const stops = this.#steps.filter((step) => step.startsWith('stop '));
    const started = this.#done.filter((done) => done.startsWith('start '));
    const due = started.map((done) => done.replace('start', 'stop')).reverse();
    this.#check(String(stops) === String(due), 'C52', `${String(stops)} instead of ${String(due)}`);
    for (const step of ['before 0', 'after 0']) this.#check(this.#steps.includes(step), 'C52', `no ${step}`);
    if (this.#escalatedBy !== undefined) return; // nothing waits for anything
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
