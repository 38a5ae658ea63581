import { describe, expect, it } from '@jest/globals';
import { bridgePage, BrowserReactor, createBrowserReactor } from '@triphase/browser-reactor';
import { createWorkerReactor } from '@triphase/browser-reactor/worker';
import { fakePage } from './page.ts';

const nothing = (): void => undefined;

const page = (): BrowserReactor => new BrowserReactor({ host: fakePage() });

/** Calls with a misspelt key, and the message that names the nearest known one. `as never`: callers without types. */
const MISTAKES: readonly { readonly name: string; readonly call: () => unknown; readonly message: string }[] = [
  {
    name: 'a BrowserReactor',
    call: () => new BrowserReactor({ whenhidden: 'run' } as never),
    message: 'BrowserReactor has no option "whenhidden": did you mean "whenHidden"?',
  },
  {
    name: 'an option of every reactor',
    call: () => createBrowserReactor({ maxBtach: 5 } as never),
    message: 'BrowserReactor has no option "maxBtach": did you mean "maxBatch"?',
  },
  {
    name: 'createWorkerReactor',
    call: () => createWorkerReactor({ messageWindowMS: 5 } as never),
    message: 'BrowserReactor has no option "messageWindowMS": did you mean "messageWindowMs"?',
  },
  {
    name: 'limits',
    call: () => new BrowserReactor({ limits: { hidden: { durng: 5 } } } as never),
    message: 'limits.hidden has no option "durng": did you mean "during"?',
  },
  {
    name: 'run',
    call: () => page().run({ singal: undefined } as never),
    message: 'run() has no option "singal": did you mean "signal"?',
  },
  {
    name: 'B4: onFrame',
    call: () => page().onFrame(nothing, { fixedstep: 5 } as never),
    message: 'onFrame() has no option "fixedstep": did you mean "fixedStep"?',
  },
  {
    name: 'B4: the phases of a frame',
    call: () => page().onFrame({ rendr: nothing } as never),
    message: 'onFrame() has no option "rendr": did you mean "render"?',
  },
  {
    name: 'bridgePage',
    call: () => bridgePage({ postMessage: nothing }, { hosts: fakePage() } as never),
    message: 'bridgePage() has no option "hosts": did you mean "host"?',
  },
  {
    name: 'a BrowserReactor, null',
    call: () => new BrowserReactor(null as never),
    message: 'The options of BrowserReactor are null: give an object',
  },
  {
    name: 'onFrame, null',
    call: () => page().onFrame(nothing, null as never),
    message: 'The options of onFrame() are null: give an object',
  },
  {
    name: 'bridgePage, null',
    call: () => bridgePage({ postMessage: nothing }, null as never),
    message: 'The options of bridgePage() are null: give an object',
  },
];

describe('C65: an unknown key of options is refused at once, and names the nearest known one', () => {
  it.each(MISTAKES)('$name', ({ call, message }) => {
    expect(call).toThrow(new TypeError(message));
  });

  it('a string in place of a number is refused', () => {
    expect(() => page().onFrame(nothing, { maxSteps: '5' } as never)).toThrow(RangeError);
    expect(() => page().onFrame(nothing, { fixedStep: '5' } as never)).toThrow(TypeError);
  });

  it('a subclass can add options of its own', () => {
    class GameReactor extends BrowserReactor {
      constructor(options: object) {
        super(options, ['level']);
      }
    }
    expect(() => new GameReactor({ level: 1, messageWindowMs: 5 })).not.toThrow();
    expect(() => new GameReactor({ levl: 1 })).toThrow(/no option "levl": did you mean "level"\?/);
  });

  it('B4: each phase of a frame is read once, when it is registered', () => {
    const host = fakePage();
    const reactor = new BrowserReactor({ host });
    const reads: string[] = [];
    const counting = <T extends object>(object: T): T =>
      new Proxy(object, {
        get(target, key): unknown {
          reads.push(String(key));
          return Reflect.get(target, key);
        },
      });
    reactor.onFrame(counting({ read: nothing, render: nothing }), counting({ name: 'x', fixedStep: 5 }));
    expect(reads.sort()).toEqual(['fixedStep', 'name', 'read', 'render']);
  });
});
