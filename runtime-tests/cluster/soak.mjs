/**
 * `npm run soak:cluster -- --seconds 600 --seed 7`: clusters under 40 clients that repeat no request. Their workers are killed with SIGKILL and
 * replaced by reloads, at random. Only connections of killed workers may fail; these failures are counted. The seed decides the steps, but not
 * their exact times. `--seed 7 --round 3` repeats one round.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/packages.mjs';
import { bundle } from '../conformance/bundle.mjs';
import { killRound, planOf } from './kill-round.mjs';

/** Bundles the programs of the cluster tests into `folder`. Resolves with the functions that start them. */
export async function clusterKit(folder) {
  const tests = join(root, 'packages', 'node-reactor', 'test', 'cluster');
  for (const name of ['primary', 'worker'])
    await bundle({ entry: join(tests, 'programs', `${name}.ts`), outfile: join(folder, `${name}.mjs`) });
  const suite = join(folder, 'suite.mjs');
  await bundle({
    source: `
      export { ClusterProgram } from ${JSON.stringify(join(tests, 'cluster-program.ts'))};
      export { reload } from ${JSON.stringify(join(tests, 'kit.ts'))};
      export { Random } from ${JSON.stringify(join(root, 'soak', 'random.ts'))};`,
    outfile: suite,
  });
  return import(pathToFileURL(suite).href);
}

/** Runs rounds until the time is over, at least one. Resolves with the sums of their counts, and with `wrong`, a list of what went wrong. */
export async function soak({ kit, folder, seconds, seed, round, print = () => undefined }) {
  const endsAt = performance.now() + seconds * 1_000;
  const sums = { rounds: 0, kills: 0, reloads: 0, failed: 0, answered: 0, broken: 0, refused: 0 };
  const wrong = [];
  for (
    let n = round ?? 1;
    wrong.length === 0 && (sums.rounds === 0 || performance.now() < endsAt);
    n += round === undefined ? 1 : 0
  ) {
    const plan = planOf(new kit.Random(Math.imul(seed, 0x9e3779b1) ^ n));
    const { wrong: found, ...counts } = await killRound({ ...kit, folder, plan });
    sums.rounds++;
    for (const [what, count] of Object.entries(counts)) sums[what] += count;
    const { workers, surge, isCalm, keepAlive, end } = plan;
    print(`round ${n}: ${JSON.stringify({ workers, surge, isCalm, keepAlive, end, ...counts })}`);
    for (const what of new Set(found))
      wrong.push(`round ${n}: ${what}\n  again: npm run soak:cluster -- --seed ${seed} --round ${n}`);
  }
  return { sums, wrong };
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '600' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      round: { type: 'string' },
    },
  });
  const [seconds, seed, round] = [values.seconds, values.seed, values.round].map((text) => text && Number(text));
  const folder = mkdtempSync(join(tmpdir(), 'triphase-cluster-'));
  try {
    console.log(`soak of clusters: seed ${seed}, ${seconds} s, node ${process.version}`);
    const kit = await clusterKit(folder);
    const { sums, wrong } = await soak({ kit, folder, seconds, seed, round, print: console.log });
    for (const what of wrong) console.log(`✗ ${what}`);
    console.log(`${wrong.length === 0 ? 'soak passed' : 'soak FAILED'}: ${JSON.stringify(sums)}`);
    process.exitCode = wrong.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
