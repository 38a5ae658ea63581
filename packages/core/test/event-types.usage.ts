/**
 * How the types of events are used (C8): compiled, never run. Each `@ts-expect-error` is a mistake that the compiler must find;
 * one that it does not find is an error itself.
 */
import {
  every,
  ReactorBase,
  resource,
  ThreePhaseEvent,
  type AnyEvents,
  type CoreEvents,
  type FiringReport,
  type StopReason,
  type TriggerContext,
} from '@triphase/core';

declare const tick: unique symbol;
declare const otherSymbol: unique symbol;

interface MyEvents {
  reload: { path: string };
  ping: undefined;
  maybe: number | undefined;
  7: string;
  [tick]: number;
}

/** The events that a runtime package adds. */
interface PageEvents extends CoreEvents {
  hidden: { readonly persisted: boolean };
}

declare const ticker: { once(callback: () => void): () => void };

class TickerReactor<E extends object = AnyEvents> extends ReactorBase<E> {
  protected override requestTurn(turn: () => void): () => void {
    return ticker.once(turn);
  }
}

class PageReactor<E extends object = AnyEvents> extends ReactorBase<E, PageEvents> {
  protected override requestTurn(turn: () => void): () => void {
    return ticker.once(turn);
  }
}

/** A library that takes any reactor. */
function library(reactor: ReactorBase): void {
  reactor.on('anything', ({ detail }: TriggerContext) => detail);
  reactor.on('shutdown', ({ detail }) => detail.kind.length);
  for (const key of [NaN, undefined, null, 7, tick, {}, TickerReactor]) reactor.once(key, () => 1);
  void reactor.fire('anything', { at: 'all' });
  reactor.callWhenRunning(() => {
    every(reactor, 1_000, ({ missed }) => missed, { now: true });
  });
}

export async function typed(reactor: TickerReactor<MyEvents>): Promise<void> {
  library(reactor);

  // Known keys know their details, in every form of registration.
  reactor.on('reload', { before: ({ detail }) => detail.path, during: ({ detail }) => detail.path.length });
  reactor.once('reload', ({ detail }) => detail.path);
  reactor.addSystemEventTrigger('after', tick, ({ detail }) => detail.toFixed(), { every: true });
  reactor.on(7, ({ detail }) => detail.length);
  reactor.on('ping', ({ detail }) => detail satisfies undefined);
  // @ts-expect-error the detail has no such part
  reactor.on('reload', ({ detail }) => detail.file);
  // @ts-expect-error a trigger for the wrong detail
  reactor.on('reload', ({ detail }: TriggerContext<number>) => detail);
  // @ts-expect-error a known symbol, a trigger for the wrong detail
  reactor.on(tick, ({ detail }: TriggerContext<string>) => detail);
  // @ts-expect-error the same in an object of phases
  reactor.on('reload', { before: ({ detail }: TriggerContext<number>) => detail });

  // Firing: the detail must be there and fit, and may be left out only where it may be undefined.
  const report: FiringReport = await reactor.fire('reload', { path: '/' });
  report.throwIfFailed();
  (await reactor.fireSystemEvent('reload', { path: '/' }, { limits: { deadline: 100 } })).throwIfFailed();
  await reactor.fire('ping');
  await reactor.fire('ping', undefined, { whenFiring: 'again' });
  await reactor.fire('maybe');
  await reactor.fire('maybe', 7);
  await reactor.fire(tick, 7);
  // @ts-expect-error missing detail
  void reactor.fire('reload');
  // @ts-expect-error wrong detail
  void reactor.fire('reload', { path: 1 });
  // @ts-expect-error the same in Twisted's form
  void reactor.fireSystemEvent('reload', { path: 1 });
  // @ts-expect-error a detail for an event that has none
  void reactor.fire('ping', 7);
  // @ts-expect-error a known symbol, wrong detail
  void reactor.fire(tick, 'x');
  // @ts-expect-error a known number, wrong detail
  void reactor.fire(7, 7);

  // String and number keys are closed.
  // @ts-expect-error misspelt key
  reactor.on('relaod', () => 1);
  // @ts-expect-error misspelt key
  reactor.once('relaod', () => 1);
  // @ts-expect-error misspelt key
  reactor.addSystemEventTrigger('before', 'relaod', () => 1);
  // @ts-expect-error misspelt key
  void reactor.fire('relaod', { path: '/' });
  // @ts-expect-error misspelt key
  reactor.isFiring('relaod');
  // @ts-expect-error unknown number
  reactor.on(8, () => 1);

  // Symbols, objects and classes are open.
  reactor.on(TickerReactor, ({ detail }) => detail);
  reactor.on({}, ({ detail }) => detail);
  reactor.on(otherSymbol, ({ detail }) => detail);
  await reactor.fire(otherSymbol, 'anything');
  // @ts-expect-error the detail of an open key is unknown
  reactor.on(otherSymbol, ({ detail }) => detail.length);

  // The events of every reactor.
  reactor.on('startup', ({ detail }) => detail satisfies undefined);
  reactor.on('shutdown', ({ detail }) => detail satisfies StopReason, { timeout: 500 });
  // @ts-expect-error fired by the reactor alone
  void reactor.fire('startup');
  // @ts-expect-error fired by the reactor alone
  void reactor.fire('shutdown', { kind: 'stop' });

  // Phases and options.
  // @ts-expect-error wrong phase
  reactor.addSystemEventTrigger('befor', 'ping', () => 1);
  // @ts-expect-error wrong phase
  reactor.on('ping', { befor: () => 1 });
  // @ts-expect-error `on` says by its name that it is for every firing
  reactor.on('ping', () => 1, { every: false });
  // @ts-expect-error no function
  reactor.on('ping', 7);
}

export function untyped(reactor: ReactorBase): void {
  library(reactor);
  reactor.on('shutdown', ({ detail }) => detail.kind.length);
  void reactor.fire('anything');
  void reactor.fire(NaN, 1, { timings: true });
  // @ts-expect-error wrong phase
  reactor.addSystemEventTrigger('befor', 'x', () => 1);
  // @ts-expect-error the detail is unknown without a map
  reactor.on('anything', ({ detail }) => detail.path);
}

export function runtimeEvents(page: PageReactor<MyEvents>, plain: PageReactor): void {
  for (const reactor of [page, plain, new TickerReactor(), new TickerReactor<MyEvents>()]) library(reactor);
  page.on('hidden', ({ detail }) => detail.persisted);
  page.on('reload', ({ detail }) => detail.path);
  plain.on('hidden', ({ detail }) => detail.persisted);
  // @ts-expect-error misspelt event of the runtime
  page.on('hiden', () => 1);
}

export async function events(): Promise<void> {
  const save: ThreePhaseEvent<{ file: string }> = new ThreePhaseEvent('save');
  save.addTrigger('before', ({ detail }) => detail.file);
  await save.fire({ file: 'x' });
  // @ts-expect-error missing detail
  void save.fire();
  // @ts-expect-error wrong detail
  void save.fire({ file: 1 });
  const plain = new ThreePhaseEvent('plain');
  await plain.fire();
  await plain.fire('anything');
}

export function services(reactor: ReactorBase): void {
  const pool = reactor.use(
    resource(
      'pool',
      () => Promise.resolve({ size: 3 }),
      (opened, { detail }) => [opened.size, detail.kind],
    ),
  );
  pool.value.size.toFixed();
  const service = reactor.use({
    name: 'mine',
    needs: [pool],
    status: () => 'well',
    shutdown: { during: ({ detail }) => detail.kind },
  });
  service.status();
  // @ts-expect-error the value has no such part
  reactor.callSoon(() => pool.value.length);
  // @ts-expect-error a service has a name
  reactor.use({ startup: { during: () => 1 } });
  // @ts-expect-error wrong phase
  reactor.use({ name: 'mine', startup: { befor: () => 1 } });
}

/** A signal of the reactor can be passed to the host, and a signal of the host to the reactor. */
export function signals(reactor: ReactorBase): void {
  reactor.on('shutdown', ({ signal }) => fetch('https://example.invalid/', { signal }));
  void fetch('https://example.invalid/', { signal: reactor.signal });
  void reactor.run({ signal: new AbortController().signal });
}
