/**
 * `npm run soak -- --seconds 20`: runs random programs on real reactors, one after another and at the same time, until the time is over. README.md
 * describes all options.
 */
import { parseArgs } from 'node:util';
import { fireForever, nestFirings } from './deep-firings.ts';
import type { Journal } from './journal.ts';
import { Leftovers } from './leftovers.ts';
import { Life } from './life.ts';
import { plantedFault } from './planted-fault.ts';
import { plantedLeak } from './planted-leak.ts';
import { plannedProcess } from './planned-process.ts';
import { Random } from './random.ts';
import { ReentrantLife } from './reentrant-life.ts';
import { ServicesLife } from './services-life.ts';
import { signalledProcess } from './signalled-process.ts';
import type { Tally } from './tally.ts';

const KINDS = ['life', 'process', 'reentrant', 'services'] as const;
type Kind = (typeof KINDS)[number];
const LIVES_A_ROUND = 60;
const REENTRANT_A_ROUND = 100;
const SERVICES_A_ROUND = 20;
/** Lives of services that run at the same time: they wait most of the time. */
const SERVICES_AT_ONCE = 10;
/** Planned processes that run at the same time, together with one process that is sent signals. */
const PLANNED_A_ROUND = 3;
/** Milliseconds between two lines about the progress. */
const PROGRESS_MS = 30_000;

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
const fault = plantedFault(values.plant);
const leak = values.plant === undefined || fault !== undefined ? undefined : plantedLeak(values.plant);
/** The numbers of the lives to repeat. */
const repeated: Readonly<Record<Kind, number | undefined>> = {
  life: optionalNumber('life'),
  process: optionalNumber('process'),
  reentrant: optionalNumber('reentrant'),
  services: optionalNumber('services'),
};
const kinds = kindsOf();
const rounds = optionalNumber('rounds') ?? Infinity;
const endsAt = performance.now() + numberOf('seconds', values.seconds) * 1_000;

const tally: Tally = new Map();
/** How many lives of each kind have begun. */
const begun: Record<Kind | 'signalled', number> = { life: 0, process: 0, reentrant: 0, services: 0, signalled: 0 };
/** Where the soak has found violations. */
const failures: string[] = [];

process.on('unhandledRejection', (error) => {
  fail('C14: unhandled rejection', String(error instanceof Error ? error.stack : error));
});

console.log(`soak: seed ${String(seed)}, ${values.seconds} s, node ${process.version}`);
const leftovers = await Leftovers.begin();
let progressAt = performance.now();
for (let round = 1; round <= rounds && performance.now() < endsAt && failures.length === 0; round++) {
  if (kinds.has('reentrant')) await reentrantRound();
  if (kinds.has('services')) await servicesRound();
  if (kinds.has('life')) {
    await lifeRound(new Random(seed ^ round));
    for (const what of await leftovers.check()) fail(`round ${String(round)}`, what);
  }
  if (kinds.has('process')) await processRound();
  if (performance.now() < progressAt + PROGRESS_MS) continue;
  progressAt = performance.now();
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

function optionalNumber(name: Kind | 'rounds'): number | undefined {
  const text = values[name];
  return text === undefined ? undefined : numberOf(name, text);
}

/** The kinds to run: the kind of `--only`, or of the life to repeat; else the kind that must find the planted fault or leak; else all. */
function kindsOf(): ReadonlySet<Kind> {
  const named = KINDS.find((kind) => (values.only === undefined ? values[kind] !== undefined : kind === values.only));
  if (values.only !== undefined && named === undefined) throw new RangeError(`--only takes ${KINDS.join(', ')}`);
  if (named !== undefined) return new Set([named]);
  if (values.plant === undefined) return new Set(KINDS);
  return new Set([fault === undefined ? 'life' : 'services']);
}

/** The number of the next life of this kind. */
function nextNumber(kind: Kind): number {
  begun[kind]++;
  return repeated[kind] ?? begun[kind];
}

/** The seed of one life. Its number and the seed of the soak repeat it. */
function seedOf(number: number): number {
  return Math.imul(seed, 0x9e3779b1) ^ number;
}

/** A round of the kind `life`: runs some lives at the same time, the others one after another. */
async function lifeRound(random: Random): Promise<void> {
  for (let left = LIVES_A_ROUND; left > 0 && failures.length === 0;) {
    const together = Math.min(left, random.pick([1, 1, 2, 8]));
    left -= together;
    await Promise.all(Array.from({ length: together }, oneLife));
  }
}

async function oneLife(): Promise<void> {
  const number = nextNumber('life');
  const life = new Life(new Random(seedOf(number)), tally);
  leftovers.follow(life.reactor);
  await life.live();
  leak?.(life);
  failIfViolated('life', number, life.journal);
}

/** One after another, so that an unhandled rejection comes from the last one. */
async function reentrantRound(): Promise<void> {
  for (let left = REENTRANT_A_ROUND; left > 0 && failures.length === 0; left--) {
    const number = nextNumber('reentrant');
    const life = new ReentrantLife(new Random(seedOf(number)), tally);
    leftovers.follow(life.reactor);
    await life.live();
    const isViolated = failIfViolated('reentrant', number, life.journal);
    if (failures[0] !== undefined && !isViolated) console.log(life.journal.tail()); // an unhandled rejection
  }
  if (repeated.reentrant === undefined) await deepFirings();
  for (const what of await leftovers.check()) fail('a round of re-entrant lives', what);
}

async function deepFirings(): Promise<void> {
  const random = new Random(seed ^ begun.reentrant);
  for (const what of [...(await fireForever(random)), ...(await nestFirings(random))]) fail('deep firings', what);
}

async function servicesRound(): Promise<void> {
  for (let left = SERVICES_A_ROUND; left > 0 && failures.length === 0; left -= SERVICES_AT_ONCE)
    await Promise.all(Array.from({ length: SERVICES_AT_ONCE }, servicesLife));
  for (const what of await leftovers.check()) fail('a round of services', what);
}

async function servicesLife(): Promise<void> {
  const number = nextNumber('services');
  const life = new ServicesLife(new Random(seedOf(number)), tally, fault);
  leftovers.follow(life.reactor);
  await life.live();
  failIfViolated('services', number, life.journal);
}

/** Runs processes at the same time. */
async function processRound(): Promise<void> {
  const running = repeated.process === undefined ? [signalled()] : [];
  for (let left = PLANNED_A_ROUND; left > 0; left--) running.push(planned(nextNumber('process')));
  await Promise.all(running);
}

async function signalled(): Promise<void> {
  const number = ++begun.signalled;
  for (const what of await signalledProcess(seed + number, tally)) fail(`signals ${String(number)}`, what);
}

async function planned(number: number): Promise<void> {
  for (const what of await plannedProcess(seedOf(number), tally)) fail(`process ${String(number)}`, what);
}

/** Fails if the journal of a life has violations, and prints the last steps of the life. Returns whether it has. */
function failIfViolated(kind: Kind, number: number, journal: Journal): boolean {
  const { violations } = journal;
  if (violations.length === 0) return false;
  console.log(journal.tail());
  fail(`${kind} ${String(number)}`, violations.map(({ message }) => message).join('\n'));
  return true;
}

/** The soak fails: prints what was wrong, and the command that repeats it. `where`: the life, such as `life 31`, or the round. */
function fail(where: string, what: string): void {
  failures.push(where);
  const one = /^(?:life|process|reentrant|services) \d+/.exec(where)?.[0];
  const again = `npm run soak -- --seed ${String(seed)}${one === undefined ? '' : ` --${one}`}`;
  console.log(`✗ ${where}: ${what}\n  to repeat it: ${again}`);
}

function progress(): string {
  const { life, reentrant, services, signalled: signals, process: plans } = begun;
  return `${String(life)} lives, ${String(reentrant)} re-entrant lives, ${String(services)} lives of services, ${String(signals)} processes under signals, ${String(plans)} planned processes, ${leftovers.toString()}`;
}
