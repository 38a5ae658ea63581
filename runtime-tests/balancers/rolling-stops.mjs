/** Two instances of the service behind a balancer, stopped and started in turn under load (N15). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Load, Program } from '../../scripts/http-load.mjs';
import { example } from './balancer.mjs';

/** Time limit for the first request of a new instance. Milliseconds. */
const LIMIT_MS = 60_000;

/** Number of GET clients, and of POST clients. */
const CLIENTS = 10;

/** Number of answers between the first answer of a new instance and the next stop. */
const BETWEEN_STOPS = 200;

/** Notes which processes have answered a request. */
class AnsweringProcesses {
  #seen = new Set();
  #waiting = new Map();

  add(pid) {
    this.#seen.add(pid);
    this.#waiting.get(pid)?.();
  }

  /** Resolves when the process has answered a request. */
  async has(pid) {
    if (this.#seen.has(pid)) return;
    let limit;
    await new Promise((resolve, reject) => {
      this.#waiting.set(pid, resolve);
      limit = setTimeout(() => reject(new Error(`the balancer sends no request to process ${pid}`)), LIMIT_MS);
    });
    clearTimeout(limit);
  }
}

/**
 * Stops and starts the two instances in turn, `stops` times. Before each stop it waits until the balancer sends requests to both instances; with
 * `waitForBalancer: false` it only waits until both accept connections. `clients` GET clients and as many POST clients send a request as soon as the
 * last one is answered, or after `pause()` milliseconds. Resolves with
 *
 * - `answered`: the number of answers, `errors`: the number of errors by code or status, `broken`: the sum of the errors
 * - `lost`: the POST requests that were answered and have not run, `repeated`: those that have run twice
 * - `statuses`: the exit status of each instance
 * - `slowest`: the duration of the slowest stop in milliseconds
 */
export async function rollingStops({
  balancer,
  changes,
  leadTime,
  stops,
  withProbesPort = false,
  waitForBalancer = true,
  clients = CLIENTS,
  pause,
}) {
  const folder = mkdtempSync(join(tmpdir(), 'triphase-balancers-'));
  const journal = join(folder, 'journal.txt');
  const instances = [];
  for (let n = 0; n < 2; n++)
    instances.push({ port: await freePort(), probesPort: withProbesPort ? await freePort() : undefined });
  const startInstance = ({ port, probesPort }) =>
    Program.start([process.execPath, join(example, 'service.mjs')], {
      port,
      env: {
        LEAD_TIME: String(leadTime),
        JOURNAL: journal,
        ...(probesPort !== undefined && { PROBES_PORT: String(probesPort) }),
      },
    });

  const programs = [];
  const ended = [];
  try {
    for (const instance of instances) programs.push(await startInstance(instance));
    const port = await freePort();
    programs.push(await balancer.start({ port, instances, changes, folder }));

    const traffic = new Traffic({ port, clients, pause });
    for (const { child } of programs.slice(0, 2)) await traffic.answering.has(child.pid);
    for (let n = 0; n < stops; n++) {
      await traffic.answers(BETWEEN_STOPS);
      const index = n % 2;
      ended.push(await stopInstance(programs[index]));
      programs[index] = await startInstance(instances[index]);
      if (waitForBalancer) await traffic.answering.has(programs[index].child.pid);
    }
    const seen = await traffic.stop();
    for (const program of programs.slice(0, 2)) ended.push(await stopInstance(program));
    return {
      stops,
      ...seen,
      ...readJournal(journal, traffic.posted),
      statuses: ended.map(({ status }) => status),
      slowest: Math.max(...ended.map(({ ms }) => ms)),
    };
  } finally {
    // SIGKILL would leave the workers of nginx behind.
    await Promise.all(programs.map((program) => program.end('SIGTERM', 10_000)));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function stopInstance(program) {
  const { status, ms } = await program.end();
  if (status !== 0) console.error(`an instance ended with ${status}:\n${program.stdout}${program.stderr}`);
  return { status, ms };
}

/** GET and POST clients of one port. The service answers a POST with the number that it has written to its journal. */
class Traffic {
  answering = new AnsweringProcesses();
  /** The numbers of the POST requests that were answered. */
  posted = [];
  #otherStatuses = {};
  #loads;

  constructor({ port, clients, pause }) {
    let number = 0;
    const onAnswer = (status, text) => {
      const [pid, posted] = text.trim().split(' ');
      if (status === 200) {
        this.answering.add(Number(pid));
        if (posted !== undefined) this.posted.push(posted);
      } else if (status < 500) this.#otherStatuses[status] = (this.#otherStatuses[status] ?? 0) + 1; // Load counts 500 and above
    };
    const options = { port, clients, pause, patient: true, onAnswer };
    this.#loads = [new Load(options).start(), new Load({ ...options, body: () => String(++number) }).start()];
  }

  /** Resolves after `n` more answers, half of them to GET and half to POST clients. */
  async answers(n) {
    await Promise.all(this.#loads.map((load) => load.answers(n / 2)));
  }

  async stop() {
    const counts = await Promise.all(this.#loads.map((load) => load.stop()));
    const errors = { ...this.#otherStatuses };
    for (const count of counts) {
      // The balancer runs all the time, so a refused connection is an error too.
      const all = { ...count.errors, ...(count.refused > 0 && { ECONNREFUSED: count.refused }) };
      for (const [kind, n] of Object.entries(all)) errors[kind] = (errors[kind] ?? 0) + n;
    }
    const broken = Object.values(errors).reduce((sum, n) => sum + n, 0);
    return { answered: counts.reduce((sum, { answered }) => sum + answered, 0), errors, broken };
  }
}

/** Compares the numbers in the journal of the service with those that were answered. */
function readJournal(file, posted) {
  const written = readFileSync(file, 'utf8').trim().split('\n');
  const distinct = new Set(written);
  return {
    lost: posted.filter((number) => !distinct.has(number)).length,
    repeated: written.length - distinct.size,
  };
}
