import * as fc from 'fast-check';

import type { FireOptions, Limits, Phase } from '@triphase/core';

/** How a trigger ends: what it returns or throws. */
export type Ending =
  | 'returns'
  | 'throws'
  | 'throws-undefined'
  | 'returns-fulfilled'
  | 'returns-rejected'
  | 'returns-promise'
  | 'returns-thenable'
  | 'settles-at-once'
  | 'settles-twice'
  | 'settles-then-throws'
  | 'then-throws'
  | 'then-getter-throws'
  | 'then-is-no-function';

/** What a program does, at its top or inside a trigger. `which` counts from the newest handle or promise back. */
export type Step =
  | {
      readonly kind: 'add';
      readonly event: string;
      readonly phase: Phase;
      readonly every: boolean;
      readonly required: boolean;
      readonly timeout: number | undefined;
      readonly body: readonly Step[];
      readonly ending: Ending;
    }
  | { readonly kind: 'remove'; readonly which: number; readonly how: 'strict' | 'forgiving' | 'signal' }
  | { readonly kind: 'fire'; readonly event: string; readonly options: FireOptions }
  | { readonly kind: 'settle'; readonly which: number; readonly how: 'fulfil' | 'reject' }
  | { readonly kind: 'ask'; readonly event: string };

/** A step of the top may also let time pass, in milliseconds. */
export type TopStep = Step | { readonly kind: 'advance'; readonly ms: number };

const eventType = fc.constantFrom<EventType>('a', 'b');
const phase = fc.constantFrom<Phase>('before', 'during', 'after');
const often = <T>(value: T, others: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: fc.constant(value), weight: 3 }, { arbitrary: others, weight: 1 });

// Time passes in tens, and each limit of each event has a last digit of its own. So no two are due at the same time: the contract doesn't
// say which would come first.
const UNITS = { a: { timeout: 1, phase: 4, deadline: 7 }, b: { timeout: 2, phase: 5, deadline: 8 } } as const;
type EventType = keyof typeof UNITS;

const timeoutOf = (event: EventType): fc.Arbitrary<number | undefined> => {
  const unit = UNITS[event].timeout;
  return often<number | undefined>(undefined, fc.constantFrom(unit, unit + 10, unit + 20));
};

function optionsOf(event: EventType): fc.Arbitrary<FireOptions> {
  const { phase, deadline } = UNITS[event];
  const ofPhase = fc.constantFrom(phase, phase + 10);
  const limits: fc.Arbitrary<Limits> = fc.record(
    { before: ofPhase, during: ofPhase, after: ofPhase, deadline: fc.constantFrom(deadline, deadline + 20) },
    { requiredKeys: [] },
  );
  return fc.record({ limits, whenFiring: fc.constantFrom('throw', 'again') }, { requiredKeys: [] });
}

const ending = often<Ending>(
  'returns-promise',
  fc.constantFrom(
    'returns',
    'throws',
    'throws-undefined',
    'returns-fulfilled',
    'returns-rejected',
    'returns-thenable',
    'settles-at-once',
    'settles-twice',
    'settles-then-throws',
    'then-throws',
    'then-getter-throws',
    'then-is-no-function',
  ),
);
const which = fc.nat({ max: 5 });

function add(depth: number): fc.Arbitrary<Step> {
  const body = depth === 0 ? fc.constant([]) : fc.array(step(depth - 1), { maxLength: 3, size: 'max' });
  const required = often(false, fc.constant(true));
  return eventType.chain((event) =>
    fc.record({
      kind: fc.constant('add' as const),
      event: fc.constant(event),
      phase,
      every: fc.boolean(),
      required,
      timeout: timeoutOf(event),
      body,
      ending,
    }),
  );
}

const fire: fc.Arbitrary<Step> = eventType.chain((event) =>
  fc.record({ kind: fc.constant('fire' as const), event: fc.constant(event), options: optionsOf(event) }),
);

function step(depth: number): fc.Arbitrary<Step> {
  return fc.oneof(
    { arbitrary: add(depth), weight: 4 },
    { arbitrary: fire, weight: 3 },
    {
      arbitrary: fc.record({ kind: fc.constant('settle' as const), which, how: fc.constantFrom('fulfil', 'reject') }),
      weight: 5,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('remove' as const),
        which,
        how: fc.constantFrom('strict', 'forgiving', 'signal'),
      }),
      weight: 1,
    },
    { arbitrary: fc.record({ kind: fc.constant('ask' as const), event: eventType }), weight: 1 },
  );
}

const topStep: fc.Arbitrary<TopStep> = fc.oneof(
  { arbitrary: step(2), weight: 5 },
  { arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(10, 20) }), weight: 1 },
);

/** Random programs: some triggers and a firing first, then random steps. */
export const program: fc.Arbitrary<readonly TopStep[]> = fc
  .tuple(
    fc.array(add(2), { minLength: 2, maxLength: 8, size: 'max' }),
    fire,
    fc.array(topStep, { maxLength: 16, size: 'max' }),
  )
  .map(([adds, first, rest]) => [...adds, first, ...rest]);
