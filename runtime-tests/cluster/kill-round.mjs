/** One cluster under load whose workers are killed and replaced at random, until it is stopped (H7, H8, H9). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FollowedClients } from './followed-clients.mjs';

const CLIENTS = 40;
/** Time limit for new workers and for answers, on a busy machine. Milliseconds. */
const LIMIT_MS = 20_000;

/** The plan of a round, which depends only on the seed of `random`. */
export function planOf(random) {
  const workers = random.pick([1, 2, 2, 3]);
  return {
    workers,
    surge: random.pick([1, 1, 2]),
    // Before each step all workers are ready again. With two or more workers one of them is then always listening.
    isCalm: random.chance(0.6),
    keepAlive: random.pick(['all', 'all', 'half', 'none']),
    end: random.pick(['SIGTERM', 'SIGTERM', 'SIGINT', 'SIGKILL']),
    steps: Array.from({ length: 4 + random.below(5) }, () => ({
      act: random.weighted({ kill: 5, reload: 4, both: 3, faulty: 1 }),
      which: random.below(1_000),
      after: random.below(400),
      wait: random.below(300),
    })),
  };
}

/** Runs a round. Resolves with its counts, and with `wrong`, a list of what went wrong. */
export async function killRound({ ClusterProgram, reload, folder, plan, runtime }) {
  const wrong = [];
  const { workers, surge, isCalm, end } = plan;
  const restart = { delay: 50, jitter: 0, factor: 1, giveUpAfter: 1_000 };
  const accepted = join(folder, `accepted-${Math.random()}`);
  writeFileSync(accepted, '');
  const program = await ClusterProgram.start(
    { folder },
    { workers, surge, restart },
    { env: { ACCEPTED: accepted }, limitMs: 180_000, ...(runtime !== undefined && { runtime }) },
  );
  const killed = new Set();
  const counts = { kills: 0, reloads: 0, failed: 0 };
  let version = 1;
  try {
    await program.line('running');
    const clients = new FollowedClients({
      port: program.port,
      accepted,
      clients: CLIENTS,
      keepAlive: (n) => plan.keepAlive === 'all' || (plan.keepAlive === 'half' && n % 2 === 0),
    });
    await clients.answers(CLIENTS, LIMIT_MS);

    /** Kills a worker that runs, in any state. */
    const kill = async (which) => {
      const workersNow = (await program.status()).workers.filter(({ pid }) => pid !== null);
      const victim = workersNow[which % Math.max(workersNow.length, 1)];
      if (victim === undefined) return;
      killed.add(victim.pid);
      try {
        process.kill(victim.pid, 'SIGKILL');
        counts.kills++;
      } catch {
        // It has ended in the meantime.
      }
    };
    const deployAndReload = async (fault) => {
      program.deploy(`v${++version}`, fault);
      const before = counts.kills;
      const { ok, text } = await reload(program);
      counts.reloads++;
      if (!ok) counts.failed++;
      if (ok === (fault !== undefined)) {
        if (ok) wrong.push(`a reload to a version that crashes succeeded: ${text}`);
        else if (before === counts.kills) wrong.push(`a reload failed although no worker was killed: ${text}`);
      }
      if (fault !== undefined) program.deploy(`v${version}`);
    };
    const untilAllReady = async () => {
      const until = performance.now() + LIMIT_MS;
      for (;;) {
        const { workers: all } = await program.status();
        if (all.length === workers && all.every(({ state, pid }) => state === 'ready' && !killed.has(pid))) return;
        if (performance.now() > until) {
          wrong.push(`not all workers are ready: ${JSON.stringify(all)}\n${program.stderr.slice(-2_000)}`);
          return;
        }
        await sleep(20);
      }
    };

    for (const { act, which, after, wait } of plan.steps) {
      const running = [];
      if (act === 'reload' || act === 'both') running.push(deployAndReload());
      if (act === 'faulty') running.push(deployAndReload('crashes'));
      if (act === 'kill' || act === 'both') {
        await sleep(after);
        await kill(which);
      }
      await Promise.all(running);
      if (isCalm) await untilAllReady();
      else await sleep(wait);
    }
    await untilAllReady();
    const before = clients.answered;
    await clients.answers(CLIENTS, LIMIT_MS);
    if (clients.answered < before + CLIENTS) wrong.push('no request is answered any more');

    // Without kills a reload succeeds, all workers are of its generation, and the stop breaks no request.
    await deployAndReload();
    const { workers: last, mixed } = await program.status();
    const generations = new Set(last.map(({ generation }) => generation));
    if (last.length !== workers || generations.size !== 1 || mixed !== null)
      wrong.push(`after the last reload there are ${JSON.stringify(last)}`);
    const refusedBefore = clients.refused;
    const failedBefore = clients.failures.length;
    if (end === 'SIGKILL') await clients.stop(); // connections that the primary has not handed over end with it
    const { status } = await program.endBy(end);
    await clients.stop();
    const expected = end === 'SIGKILL' ? 'SIGKILL' : 0;
    if (status !== expected)
      wrong.push(`the primary has ended with ${status} after ${end}: ${program.stderr.slice(-2_000)}`);
    if (clients.failures.length > failedBefore) wrong.push(`${end} broke requests`);
    if (!(await program.arePortsFree())) wrong.push('its ports are still in use');

    if (clients.lost > 0) wrong.push(`${clients.lost} requests got neither an answer nor an error`);
    if (isCalm && workers > 1 && refusedBefore > 0) wrong.push(`${refusedBefore} connections were refused`);
    for (const { error, pid } of clients.failures)
      if (pid !== undefined && !killed.has(pid)) wrong.push(`${error} on a connection of ${pid}, which was not killed`);
    // A worker accepts a connection and writes its port a moment later, so each kill may hit one connection in between. When no worker is left,
    // the primary also closes the connections that wait in it.
    const ofNoWorker = clients.failures.filter(({ pid }) => pid === undefined).length;
    if (isCalm && workers > 1 && ofNoWorker > counts.kills)
      wrong.push(`${ofNoWorker} connections that no worker had accepted were broken by ${counts.kills} kills`);
    const { answered, failures } = clients;
    return { wrong, ...counts, answered, refused: refusedBefore, broken: failures.length };
  } finally {
    program[Symbol.dispose]();
  }
}
