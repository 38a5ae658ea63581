import { checkKeys } from '@triphase/core';
import { hostGlobals } from '../host-globals.ts';
import type { TestRunner } from '../test-runner.ts';
import { events } from './events/index.ts';
import { host } from './host/index.ts';
import { ConformanceKit } from './kit.ts';
import type { Capabilities, Section, Subject } from './kit.ts';
import { helpers } from './helpers/index.ts';
import { life } from './life/index.ts';
import { services } from './services/index.ts';
import { tasks } from './tasks/index.ts';
import { timedCalls } from './timed-calls/index.ts';
import { turn } from './turn/index.ts';
import { watching } from './watching/index.ts';
import { work } from './work/index.ts';

const sections: Readonly<Record<string, Section>> = {
  host,
  events,
  life,
  services,
  turn,
  'timed calls': timedCalls,
  tasks,
  work,
  helpers,
  watching,
};

const CAPABILITIES: readonly (keyof Capabilities)[] = ['keepAlive', 'wakeupsWhileHidden', 'movingClock', 'signals'];

/**
 * The conformance kit (C49): tests one kind of reactor against every statement of the contract that can be seen from outside, in real
 * time.
 *
 * Tests are skipped only for a reason in `skip` or a missing capability; both are printed, and the names of the tests say so. Throws
 * `TypeError` for an unknown key, and `RangeError` when `skip` names a statement without a test or gives no reason.
 */
export function reactorConformance(runner: TestRunner, subject: Subject): void {
  checkKeys(subject, ['name', 'create', 'capabilities', 'skip'], 'reactorConformance()');
  checkKeys(subject.capabilities ?? {}, CAPABILITIES, 'The option capabilities of reactorConformance()');
  const kit = new ConformanceKit(runner, subject);
  runner.describe(`C50: the conformance of ${subject.name}`, () => {
    for (const [name, section] of Object.entries(sections)) {
      runner.describe(name, () => {
        section(kit);
      });
    }
  });
  checkSkips(subject, kit.numbers);
  printSkips(subject, kit);
}

function checkSkips({ skip = {} }: Subject, numbers: ReadonlySet<string>): void {
  for (const [number, reason] of Object.entries(skip)) {
    if (!numbers.has(number))
      throw new RangeError(`skip names ${number}, which has no test in the conformance kit: remove it`);
    if (reason.trim() === '')
      throw new RangeError(`skip gives no reason for ${number}: say why this reactor cannot do it`);
  }
}

function printSkips({ name, skip = {} }: Subject, kit: ConformanceKit): void {
  const lacking = Object.entries(kit.capabilities).flatMap(([capability, has]) => (has ? [] : [`no ${capability}`]));
  const skipped = Object.entries(skip).map(([number, reason]) => `${number} skipped: ${reason}`);
  const notes = [...lacking, ...skipped];
  if (notes.length > 0) hostGlobals.console.info(`the conformance of ${name}: ${notes.join('; ')}`);
}
