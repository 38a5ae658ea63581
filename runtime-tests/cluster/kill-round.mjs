/** One cluster under load whose workers are killed and replaced at random, until it is stopped (H7, H8, H9). */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FollowedClients } from './followed-clients.mjs';

const CLIENTS = 40;
/** How long a round waits for workers that come back, or for an answer. A loaded machine is slow. Milliseconds. */
const LIMIT_MS = 20_000;

/** What a seed decides. */
export function planOf(random) {
  const workers = random.pick([1, 2, 2, 3]);
  return {
    workers,
    surge: random.pick([1, 1, 2]),
    // One at a time, and all are back before the next: then a listener is always there, if there are two.
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

/** Runs it; resolves with the counts, and with what is wrong. */
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

    /** One of those that run, whatever it does at this moment. */
    const kill = async (which) => {
      const running = (await program.status()).workers.filter(({ pid }) => pid !== null);
      const victim = running[which % Math.max(running.length, 1)];
      if (victim === undefined) return;
      killed.add(victim.pid);
      try {
        process.kill(victim.pid, 'SIGKILL');
        counts.kills++;
      } catch {
        // It has ended since.
      }
    };
    const deployAndReload = async (fault) => {
      program.deploy(`v${++version}`, fault);
      const before = counts.kills;
      const { ok, text } = await reload(program);
      counts.reloads++;
      if (!ok) counts.failed++;
      if (ok === (fault !== undefined)) {
        if (ok) wrong.push(`a version that crashes was taken for a good one: ${text}`);
        else if (before === counts.kills) wrong.push(`a reload has failed though no worker was killed: ${text}`);
      }
      if (fault !== undefined) program.deploy(`v${version}`);
    };
    const settled = async () => {
      const until = performance.now() + LIMIT_MS;
      for (;;) {
        const { workers: all } = await program.status();
        if (all.length === workers && all.every(({ state, pid }) => state === 'ready' && !killed.has(pid))) return;
        if (performance.now() > until) {
          wrong.push(`the workers are not all back: ${JSON.stringify(all)}\n${program.stderr.slice(-2_000)}`);
          return;
        }
        await sleep(20);
      }
    };

    for (const { act, which, after, wait } of plan.steps) {
      const under = [];
      if (act === 'reload' || act === 'both') under.push(deployAndReload());
      if (act === 'faulty') under.push(deployAndReload('crashes'));
      if (act === 'kill' || act === 'both') {
        await sleep(after);
        await kill(which);
      }
      await Promise.all(under);
      if (isCalm) await settled();
      else await sleep(wait);
    }
    await settled();
    const before = clients.answered;
    await clients.answers(CLIENTS, LIMIT_MS);
    if (clients.answered < before + CLIENTS) wrong.push('it answers no more');

    // Without kills all is as ever: a reload succeeds, all workers are of its generation, and nothing is broken by the stop.
    await deployAndReload();
    const { workers: last, mixed } = await program.status();
    const generations = new Set(last.map(({ generation }) => generation));
    if (last.length !== workers || generations.size !== 1 || mixed !== null)
      wrong.push(`after the last reload there are ${JSON.stringify(last)}`);
    const refusedBefore = clients.refused;
    const failedBefore = clients.failures.length;
    if (end === 'SIGKILL') await clients.stop(); // what the primary had not handed over goes with it
    const { status } = await program.endBy(end);
    await clients.stop();
    const expected = end === 'SIGKILL' ? 'SIGKILL' : 0;
    if (status !== expected)
      wrong.push(`the primary has ended with ${status} after ${end}: ${program.stderr.slice(-2_000)}`);
    if (clients.failures.length > failedBefore) wrong.push(`${end} has broken requests`);
    if (!(await program.arePortsFree())) wrong.push('its ports are taken');

    if (clients.lost > 0) wrong.push(`${clients.lost} requests got neither an answer nor an error`);
    if (isCalm && workers > 1 && refusedBefore > 0) wrong.push(`${refusedBefore} connections were refused`);
    for (const { error, pid } of clients.failures)
      if (pid !== undefined && !killed.has(pid)) wrong.push(`${error} on a connection of ${pid}, which was not killed`);
    // A worker says that it takes a connection, and writes that a moment later: one each may have been killed in between. Where no worker
    // is left, those that wait in the primary are closed, too.
    const ofNobody = clients.failures.filter(({ pid }) => pid === undefined).length;
    if (isCalm && workers > 1 && ofNobody > counts.kills)
      wrong.push(`${ofNobody} connections that no worker had taken were broken by ${counts.kills} kills`);
    const { answered, refused, failures } = clients;
    return { wrong, ...counts, answered, refused: Math.min(refused, refusedBefore), broken: failures.length };
  } finally {
    program[Symbol.dispose]();
  }
}
