/**
 * Kind `process`: the process that `planned-process.ts` starts. It carries out a plan, and reports each step, act and effect as a line that
 * `process-model.ts` checks. In the role `fork` or `worker` it is only the parent of such a process.
 */
import { sleep, type Logger, type RunResult, type Service, type StopReason } from '@triphase/core';
import { NodeReactor, runMain, runService, type NodeReactorOptions } from '@triphase/node-reactor';
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { setTimeout as wait } from 'node:timers/promises';
import { PlannedActs, held } from './planned-acts.ts';
import { planOf, STOP_SIGNALS, TIMED, WRITTEN } from './plan.ts';
import { Random } from './random.ts';
import { reportLine } from './report-line.ts';

/** Longer than the 200 ms that the listeners of a reactor stay after the run. Milliseconds. */
const LINGER_MS = 1_000;

const [, program = '', role, seed = '', parent = ''] = process.argv;
const plan = planOf(Number(seed));
const random = new Random(Number(seed));
/** The number of lines that the logger has printed. */
let logged = 0;
const log = (line: string): void => {
  logged++;
  process.stdout.write(`${line}\n`);
};
const logger: Logger = { info: log, warn: log, error: log };

/** Runs the program of the plan. */
class PlannedLife {
  readonly #acts = new PlannedActs(plan, Number(parent));

  run(): Promise<RunResult> {
    const options: NodeReactorOptions = {
      limits: { shutdown: { deadline: 60_000 } },
      ...(plan.lingers && { forceExit: false }),
      ...(plan.logger === 'stdout' && { logger }),
    };
    if (plan.after !== undefined) setTimeout(() => void this.#acts.perform(TIMED), plan.after).unref();
    if (plan.kind === 'main') return runMain((app) => this.#main(app), options);
    if (plan.kind === 'service') return runService((app) => this.#setup(app), options);
    const app = new NodeReactor(options);
    this.#register(app);
    this.#useServices(app);
    return app.run();
  }

  /** What the program does after the run. */
  async goOn(): Promise<void> {
    await this.#acts.repeat();
    // The reactor removes its listener for late errors of a logger in the next turn (N23).
    await wait(plan.lingers ? LINGER_MS : 1);
    const events = ['uncaughtException', 'unhandledRejection', ...(plan.lingers ? STOP_SIGNALS : [])];
    reportLine(`listeners ${events.filter((event) => process.listenerCount(event) > 0).join()}`);
  }

  async #setup(app: NodeReactor): Promise<void> {
    this.#register(app);
    for (let index = 0; index < plan.steps.setup; index++) await this.#step(`setup ${String(index)}`);
    if (!this.#acts.isEscalated) this.#useServices(app);
    reportLine('done setup');
  }

  async #main(app: NodeReactor): Promise<void> {
    this.#register(app);
    for (let index = 0; index < plan.steps.start; index++) reportLine(`done start ${String(index)}`);
    app.on('shutdown', async () => {
      for (let index = plan.steps.start - 1; index >= 0; index--) await this.#step(`stop ${String(index)}`);
    });
    try {
      await this.#work(app);
    } finally {
      for (let index = 0; index < plan.steps.finally; index++) await this.#step(`finally ${String(index)}`);
      reportLine('done main');
    }
  }

  /** Registers the triggers that every kind of program has. */
  #register(app: NodeReactor): void {
    this.#acts.app = app;
    app.signal.addEventListener('abort', () => {
      const { kind, signal } = app.signal.reason as StopReason; // as: the signal of a reactor always aborts with a StopReason
      reportLine(`aborted ${signal ?? kind}`);
      if (signal !== undefined) this.#acts.countSignal();
    });
    app.on('shutdown', { before: () => this.#step('before 0'), after: () => this.#step('after 0') });
    const reload = (): void => {
      reportLine(`reload ${app.state}`);
    };
    const reloaded = (): void => {
      reportLine('reloaded');
    };
    if (plan.reload === 'sync') app.on('reload', { before: reload, after: reloaded });
    if (plan.reload === 'async')
      app.on('reload', { before: reload, during: () => wait(random.below(4)), after: reloaded });
  }

  /** Uses the services of the plan. Each needs the one before. */
  #useServices(app: NodeReactor): void {
    let needs: Service[] = [];
    for (let index = 0; index < plan.steps.start; index++) {
      const start = async (): Promise<void> => {
        await this.#step(`start ${String(index)}`);
        reportLine(`done start ${String(index)}`);
      };
      const stop = (): Promise<void> => this.#step(`stop ${String(index)}`);
      const name = `service ${String(index)}`;
      needs = [app.use({ name, needs, startup: { during: start }, shutdown: { during: stop } })];
    }
    app.on('startup', {
      after: () => {
        void this.#work(app).then(() => {
          if (!app.signal.aborted) void app.stop();
        });
      },
    });
  }

  /** The steps between start and stop. */
  async #work(app: NodeReactor): Promise<void> {
    for (let index = 0; index < plan.steps.work && !app.signal.aborted; index++) {
      await this.#step(`work ${String(index)}`);
      if (plan.kind === 'main') await sleep(app, random.below(4)); // a stop ends it
    }
    await this.#acts.expectedStop();
    if (!app.signal.aborted) reportLine('ends');
  }

  async #step(name: string): Promise<void> {
    reportLine(`at ${name}`);
    for (const stream of plan.writes) {
      process[stream].write(WRITTEN, (error) => {
        if (error) reportLine(`broken ${stream}`);
      });
    }
    await this.#acts.perform(name);
    await held(wait(random.below(3)));
  }
}

/** Starts the process of the plan as a child with the same stdout, stderr and descriptor 3. */
function beParent(): void {
  const args = ['life', seed, String(process.pid)];
  const stdio: ('ignore' | 'inherit' | 'ipc' | number)[] = ['ignore', 'inherit', 'inherit', 3, 'ipc'];
  cluster.setupPrimary({ args, stdio });
  const worker = role === 'worker' ? cluster.fork() : undefined;
  const child = worker?.process ?? fork(program, args, { stdio });
  child.on('message', (message) => {
    if (message === 'disconnect') (worker ?? child).disconnect();
  });
  child.once('exit', (code, signal) => {
    reportLine(`child ${String(code ?? signal)}`);
  });
}

async function live(): Promise<void> {
  reportLine(`pid ${String(process.pid)}`);
  process.on('exit', (code) => {
    const { user, system } = process.cpuUsage();
    reportLine(`exit ${String(code)} ${String(Math.round((user + system) / 1_000))} ${String(logged)}`);
  });
  const life = new PlannedLife();
  const { reason } = await life.run();
  reportLine(`over ${reason.signal ?? reason.kind}`);
  await life.goOn();
}

if (role === 'life') await live();
else beParent();
