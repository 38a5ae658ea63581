/**
 * Random programs on real reactors, one after another and side by side, until the time is over: `npm run soak -- --seconds 20`. The seed
 * decides what a program does; the machine decides when. `--seed N --life N` repeats one life as often as there is time; `--process N`,
 * `--reentrant N` and `--services N` do so for the other kinds. `--only services` runs one kind. `--plant listener` plants a leak that must
 * be found, `--plant needs` a fault. README.md has more.
 */
import { parseArgs } from 'node:util';
import { askForever, nestFirings } from './deep-firings.ts';
import { Leftovers } from './leftovers.ts';
import { Life } from './life.ts';
import { plantedFault } from './planted-fault.ts';
import { plantedLeak } from './planted-leak.ts';
import { plannedProcess } from './planned-process.ts';
import { Random } from './random.ts';
import { ReentrantLife } from './reentrant-life.ts';
import { ServicesLife } from './services-life.ts';
import { signalledProcess } from './signalled-process.ts';
import type { Tally } from './subject.ts';

const KINDS = ['life', 'process', 'reentrant', 'services'] as const;
type Kind = (typeof KINDS)[number];
const LIVES_A_ROUND = 60;
const REENTRANT_A_ROUND = 100;
/** Ten run side by side: they wait most of the time. */
const SERVICES_A_ROUND = 20;
/** Side by side, with one more process that is sent signals. */
const PLANNED_A_ROUND = 3;
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    life: { type: 'string' },
    process: { type: 'string' },
    reentrant: { type: 'string' },
    services: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    plant: { type: 'string' },
  },
});
const seed = numberOf('seed', values.seed);
const only = values.life === undefined ? undefined : numberOf('life', values.life);
const onlyProcess = values.process === undefined ? undefined : numberOf('process', values.process);
const onlyReentrant = values.reentrant === undefined ? undefined : numberOf('reentrant', values.reentrant);
const onlyServices = values.services === undefined ? undefined : numberOf('services', values.services);
const fault = plantedFault(values.plant);
const leak = values.plant === undefined || fault !== undefined ? undefined : plantedLeak(values.plant);
const kinds = kindsOf();
const rounds = values.rounds === undefined ? Infinity : numberOf('rounds', values.rounds);
const endsAt = performance.now() + numberOf('seconds', values.seconds) * 1_000;

const tally: Tally = new Map();
let lives = 0;
let processes = 0;
let planned = 0;
const reentrant = { lives: 0 };
const services = { lives: 0 };
const failures: string[] = [];

process.on('unhandledRejection', (error) => {
  fail('C14: unhandled rejection', String(error instanceof Error ? error.stack : error));
});

console.log(`soak: seed ${String(seed)}, ${values.seconds} s, node ${process.version}`);
const leftovers = await Leftovers.begin();
let toldAt = performance.now();
for (let round = 1; round <= rounds && performance.now() < endsAt && failures.length === 0; round++) {
  if (kinds.has('reentrant')) await reentrantRound();
  if (kinds.has('services')) await servicesRound();
  if (kinds.has('life')) {
    await liveRound(new Random(seed ^ round));
    for (const what of await leftovers.check()) fail(`round ${String(round)}`, what);
  }
  if (kinds.has('process')) await processRound();
  if (performance.now() < toldAt + 30_000) continue;
  toldAt = performance.now();
  console.log(progress());
}
for (const [what, times] of [...tally].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(`${what}: ${String(times)}`);
console.log(`${failures.length === 0 ? 'soak passed' : 'soak FAILED'}: ${progress()}`);
process.exitCode = failures.length === 0 ? 0 : 1;

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0)) throw new RangeError(`--${name} takes a number, got "${text}"`);
  return value;
}

/** The kinds to run: the one that is named or repeated; with a planted fault or leak the kind that must find it; else all. */
function kindsOf(): ReadonlySet<Kind> {
  const repeated = KINDS.find((kind) => values[kind] !== undefined);
  const named = values.only === undefined ? repeated : KINDS.find((kind) => kind === values.only);
  if (values.only !== undefined && named === undefined) throw new RangeError(`--only takes ${KINDS.join(', ')}`);
  if (named !== undefined) return new Set([named]);
  if (values.plant === undefined) return new Set(KINDS);
  return new Set([fault === undefined ? 'life' : 'services']);
}

/** Some lives run side by side, the others one after another. */
async function liveRound(random: Random): Promise<void> {
  for (let left = LIVES_A_ROUND; left > 0 && failures.length === 0;) {
    const together = Math.min(left, random.pick([1, 1, 2, 8]));
    left -= together;
    await Promise.all(Array.from({ length: together }, () => live(only ?? lives + 1)));
  }
}

async function live(number: number): Promise<void> {
  lives++;
  const life = new Life(new Random(Math.imul(seed, 0x9e3779b1) ^ number), tally);
  leftovers.follow(life.reactor);
  await life.live();
  leak?.(life);
  const { violations } = life.journal;
  if (violations.length === 0) return;
  console.log(life.journal.tail());
  fail(`life ${String(number)}`, violations.map(({ message }) => message).join('\n'));
}

/** One after another, so that an unhandled rejection is known to come from the last one. */
async function reentrantRound(): Promise<void> {
  for (let left = REENTRANT_A_ROUND; left > 0 && failures.length === 0; left--) {
    reentrant.lives++;
    const number = onlyReentrant ?? reentrant.lives;
    const life = new ReentrantLife(new Random(Math.imul(seed, 0x9e3779b1) ^ number), tally);
    leftovers.follow(life.reactor);
    await life.live();
    const { violations } = life.journal;
    if (violations.length > 0) fail(`reentrant ${String(number)}`, violations.map(({ message }) => message).join('\n'));
    if (failures[0] !== undefined) console.log(life.journal.tail());
  }
  if (onlyReentrant === undefined) await deepFirings();
  for (const what of await leftovers.check()) fail('a round of re-entrant lives', what);
}

async function servicesRound(): Promise<void> {
  for (let left = SERVICES_A_ROUND; left > 0 && failures.length === 0; left -= 10)
    await Promise.all(Array.from({ length: 10 }, servicesLife));
  for (const what of await leftovers.check()) fail('a round of services that live', what);
}

async function servicesLife(): Promise<void> {
  services.lives++;
  const number = onlyServices ?? services.lives;
  const life = new ServicesLife(new Random(Math.imul(seed, 0x9e3779b1) ^ number), tally, fault);
  leftovers.follow(life.reactor);
  await life.live();
  const { violations } = life.journal;
  if (violations.length === 0) return;
  console.log(life.journal.tail());
  fail(`services ${String(number)}`, violations.map(({ message }) => message).join('\n'));
}

async function deepFirings(): Promise<void> {
  const random = new Random(seed ^ reentrant.lives);
  for (const what of [...(await askForever(random)), ...(await nestFirings(random))]) fail('deep firings', what);
}

/** Processes side by side. */
async function processRound(): Promise<void> {
  const under = onlyProcess === undefined ? [signalled()] : [];
  for (let left = PLANNED_A_ROUND; left > 0; left--) under.push(plan(onlyProcess ?? planned + 1));
  await Promise.all(under);
}

async function signalled(): Promise<void> {
  processes++;
  for (const what of await signalledProcess(seed + processes, tally)) fail(`signals ${String(processes)}`, what);
}

async function plan(number: number): Promise<void> {
  planned++;
  for (const what of await plannedProcess(Math.imul(seed, 0x9e3779b1) ^ number, tally))
    fail(`process ${String(number)}`, what);
}

function fail(where: string, what: string): void {
  failures.push(where);
  const one = /^(?:life|process|reentrant|services) \d+/.exec(where)?.[0];
  const again = `npm run soak -- --seed ${String(seed)}${one === undefined ? '' : ` --${one}`}`;
  console.log(`✗ ${where}: ${what}\n  to repeat it: ${again}`);
}

function progress(): string {
  return `${String(lives)} lives, ${String(reentrant.lives)} that call back, ${String(services.lives)} of services, ${String(processes)} processes under signals, ${String(planned)} that live a plan, ${leftovers.toString()}`;
}
