/**
 * The process that `planned-process.ts` starts: it carries out a plan. It writes each step, act and effect as a line to descriptor 3, for
 * `process-model.ts` to judge. In the role `fork` or `worker` it is the parent of such a process.
 */
import { sleep, type Logger, type RunResult, type Service, type StopReason } from '@triphase/core';
import { NodeReactor, runMain, runService, type NodeReactorOptions } from '@triphase/node-reactor';
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { setTimeout as wait } from 'node:timers/promises';
import { Acts, held } from './acts.ts';
import { planOf, STOP_SIGNALS, TIMED, WRITTEN } from './plan.ts';
import { Random } from './random.ts';
import { say } from './say.ts';

/** Longer than the listeners of a reactor stay, which is at most 200 ms. Milliseconds. */
const LINGER_MS = 1_000;

const [, program = '', role, seed = '', parent = ''] = process.argv;
const plan = planOf(Number(seed));
const random = new Random(Number(seed));
let logged = 0;
const log = (line: string): void => {
  logged++;
  process.stdout.write(`${line}\n`);
};
const logger: Logger = { info: log, warn: log, error: log };

class PlannedLife {
  readonly #acts = new Acts(plan, Number(parent));

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
    this.#take(app);
    this.#useServices(app);
    return app.run();
  }

  /** What the program does after the run. */
  async goOn(): Promise<void> {
    await this.#acts.repeat();
    // The listener for late errors of a logger is removed in the next turn (N23).
    await wait(plan.lingers ? LINGER_MS : 1);
    const events = ['uncaughtException', 'unhandledRejection', ...(plan.lingers ? STOP_SIGNALS : [])];
    say(`listeners ${events.filter((event) => process.listenerCount(event) > 0).join()}`);
  }

  async #setup(app: NodeReactor): Promise<void> {
    this.#take(app);
    for (let index = 0; index < plan.steps.setup; index++) await this.#step(`setup ${String(index)}`);
    if (!this.#acts.isCut) this.#useServices(app);
    say('done setup');
  }

  async #main(app: NodeReactor): Promise<void> {
    this.#take(app);
    for (let index = 0; index < plan.steps.start; index++) say(`done start ${String(index)}`);
    app.on('shutdown', async () => {
      for (let index = plan.steps.start - 1; index >= 0; index--) await this.#step(`stop ${String(index)}`);
    });
    try {
      await this.#work(app);
    } finally {
      for (let index = 0; index < plan.steps.finally; index++) await this.#step(`finally ${String(index)}`);
      say('done main');
    }
  }

  /** Sets up what every kind of program has. */
  #take(app: NodeReactor): void {
    this.#acts.app = app;
    app.signal.addEventListener('abort', () => {
      const { kind, signal } = app.signal.reason as StopReason; // as: the signal of a reactor aborts with nothing else
      say(`told ${signal ?? kind}`);
      if (signal !== undefined) this.#acts.heard();
    });
    app.on('shutdown', { before: () => this.#step('before 0'), after: () => this.#step('after 0') });
    const reload = (): void => {
      say(`reload ${app.state}`);
    };
    const reloaded = (): void => {
      say('reloaded');
    };
    if (plan.reload === 'sync') app.on('reload', { before: reload, after: reloaded });
    if (plan.reload === 'async')
      app.on('reload', { before: reload, during: () => wait(random.below(4)), after: reloaded });
  }

  /** Uses services, each of which needs the one before. */
  #useServices(app: NodeReactor): void {
    let needs: Service[] = [];
    for (let index = 0; index < plan.steps.start; index++) {
      const start = async (): Promise<void> => {
        await this.#step(`start ${String(index)}`);
        say(`done start ${String(index)}`);
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

  async #work(app: NodeReactor): Promise<void> {
    for (let index = 0; index < plan.steps.work && !app.signal.aborted; index++) {
      await this.#step(`work ${String(index)}`);
      if (plan.kind === 'main') await sleep(app, random.below(4)); // it ends with the stop
    }
    await this.#acts.outstanding();
    if (!app.signal.aborted) say('ends');
  }

  async #step(name: string): Promise<void> {
    say(`at ${name}`);
    for (const stream of plan.writes) {
      process[stream].write(WRITTEN, (error) => {
        if (error) say(`broken ${stream}`);
      });
    }
    await this.#acts.perform(name);
    await held(wait(random.below(3)));
  }
}

/** Starts the process as a child with the same stdout, stderr and descriptor 3. */
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
    say(`child ${String(code ?? signal)}`);
  });
}

async function live(): Promise<void> {
  say(`pid ${String(process.pid)}`);
  process.on('exit', (code) => {
    const { user, system } = process.cpuUsage();
    say(`exit ${String(code)} ${String(Math.round((user + system) / 1_000))} ${String(logged)}`);
  });
  const life = new PlannedLife();
  const { reason } = await life.run();
  say(`over ${reason.signal ?? reason.kind}`);
  await life.goOn();
}

if (role === 'life') await live();
else beParent();
