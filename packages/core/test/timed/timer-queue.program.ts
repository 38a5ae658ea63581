import fc from 'fast-check';

/** What a program does, at the top or inside a call. `target` picks a call among those made so far. */
type Step =
  | { readonly kind: 'add'; readonly ms: number; readonly steps: readonly Step[] }
  | { readonly kind: 'cancel'; readonly target: number }
  | { readonly kind: 'reset'; readonly target: number; readonly ms: number }
  | { readonly kind: 'delay'; readonly target: number; readonly ms: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'next' }
  | { readonly kind: 'list' };
/** Steps at the top only: a turn of at most `batch` calls, and the question whether a call is due. */
export type TopStep =
  | Step
  | { readonly kind: 'turn'; readonly batch: number }
  | { readonly kind: 'due'; readonly ago: number; readonly back: number };

/** A queue of timed calls, as a program uses it. Calls are numbered in the order in which they are made. */
export interface Subject {
  now(): number;
  pass(ms: number): void;
  add(ms: number, fn: () => void): void;
  /** Returns the code of the error it threw, else ''. */
  change(kind: 'cancel' | 'reset' | 'delay', target: number, ms: number): string;
  next(): number;
  list(): readonly number[];
  size(): number;
  order(): number;
  hasDue(now: number, before: number): boolean;
  run(now: number, batch: number, ran: (call: number, lateness: number) => void): void;
}

const few = fc.constantFrom(0, 1, 2, 5, 5, 5, 5, 10, 10, 10, 0.1, 1 / 3);
const delay = fc.oneof(
  { weight: 12, arbitrary: few },
  { weight: 4, arbitrary: fc.nat({ max: 20 }) },
  { weight: 4, arbitrary: fc.double({ min: 0, max: 20, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 31 + 5, 1e300, Infinity, Infinity) },
);
const shift = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(-10, -5, -5, -1, -0.1, 0, 0.1, 1, 5, 10) },
  { weight: 2, arbitrary: fc.double({ min: -20, max: 20, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Infinity, -Infinity) },
);
const target = fc.nat({ max: 200 });
const changes: fc.Arbitrary<Step>[] = [
  fc.record({ kind: fc.constant('cancel'), target }),
  fc.record({ kind: fc.constant('reset'), target, ms: delay }),
  fc.record({ kind: fc.constant('reset'), target, ms: few }),
  fc.record({ kind: fc.constant('delay'), target, ms: shift }),
];
const pass: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('pass'),
  ms: fc.oneof(fc.constantFrom(0.1, 1, 1, 2, 5), fc.double({ min: 0, max: 5, noNaN: true })),
});
const looks: fc.Arbitrary<Step>[] = [
  fc.record({ kind: fc.constant('next') }),
  fc.record({ kind: fc.constant('list') }),
];
const adding = (steps: fc.Arbitrary<readonly Step[]>): fc.Arbitrary<Step> =>
  fc.record({ kind: fc.constant('add'), ms: delay, steps });
const leaf = adding(fc.constant([]));
const inner = adding(fc.array(fc.oneof(leaf, ...changes, pass), { maxLength: 3 }));
const outer = adding(fc.array(fc.oneof(inner, leaf, ...changes, pass), { maxLength: 3, size: 'max' }));
const turn: fc.Arbitrary<TopStep> = fc.record({
  kind: fc.constant('turn'),
  batch: fc.constantFrom(1, 2, 3, 1_000, 1_000),
});
const due: fc.Arbitrary<TopStep> = fc.record({
  kind: fc.constant('due'),
  ago: fc.constantFrom(0, 1, 5),
  back: fc.nat({ max: 12 }),
});

/** Random programs of about a hundred calls. Some make calls themselves, up to three deep; many are due at the same time. */
export const program: fc.Arbitrary<readonly TopStep[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: leaf },
    { weight: 4, arbitrary: outer },
    ...changes.map((arbitrary) => ({ weight: 1, arbitrary })),
    ...looks.map((arbitrary) => ({ weight: 1, arbitrary })),
    { weight: 2, arbitrary: pass },
    { weight: 2, arbitrary: turn },
    { weight: 1, arbitrary: due },
  ),
  { maxLength: 120, size: 'max' },
);

/** Runs a program on a queue. Returns all that can be observed, one line each. */
export function trace(steps: readonly TopStep[], subject: Subject): string[] {
  const lines: string[] = [];
  const scripts: (readonly Step[])[] = [];
  const perform = (step: TopStep): void => {
    switch (step.kind) {
      case 'add': {
        const { steps } = step;
        scripts.push(steps);
        subject.add(step.ms, () => {
          steps.forEach(perform);
        });
        break;
      }
      case 'cancel':
      case 'reset':
      case 'delay':
        if (scripts.length > 0) {
          const chosen = step.target % scripts.length;
          lines.push(
            `${step.kind} ${chosen} ${subject.change(step.kind, chosen, step.kind === 'cancel' ? 0 : step.ms)}`,
          );
        }
        break;
      case 'pass':
        subject.pass(step.ms);
        break;
      case 'next':
        lines.push(`next ${subject.next()}`);
        break;
      case 'list':
        lines.push(`list ${subject.list().join()}`);
        break;
      case 'due':
        lines.push(`due ${subject.hasDue(subject.now() - step.ago, subject.order() - step.back)}`);
        break;
      case 'turn': {
        const now = subject.now();
        subject.run(now, step.batch, (call, lateness) => {
          lines.push(`run ${call} late ${lateness} at ${subject.now()}`);
        });
      }
    }
    lines.push(`size ${subject.size()}`);
  };
  steps.forEach(perform);
  lines.push(`list ${subject.list().join()}`, `next ${subject.next()}`);
  return lines;
}
