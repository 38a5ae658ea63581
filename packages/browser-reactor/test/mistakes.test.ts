import { describe, expect, it } from '@jest/globals';
import { bridgePage, BrowserReactor, createBrowserReactor } from '@triphase/browser-reactor';
import { createWorkerReactor } from '@triphase/browser-reactor/worker';
import { fakePage } from './page.ts';

const nothing = (): void => undefined;

const page = (): BrowserReactor => new BrowserReactor({ host: fakePage() });

/** What is misspelt, the call that makes the mistake, and the message that names the nearest known key. `as never`: callers without types. */
const MISTAKES: readonly (readonly [string, () => unknown, string])[] = [
  [
    'a BrowserReactor',
    () => new BrowserReactor({ whenhidden: 'run' } as never),
    'BrowserReactor has no option "whenhidden": did you mean "whenHidden"?',
  ],
  [
    'an option of every reactor',
    () => createBrowserReactor({ maxBtach: 5 } as never),
    'BrowserReactor has no option "maxBtach": did you mean "maxBatch"?',
  ],
  [
    'createWorkerReactor',
    () => createWorkerReactor({ messageWindowMS: 5 } as never),
    'BrowserReactor has no option "messageWindowMS": did you mean "messageWindowMs"?',
  ],
  [
    'limits',
    () => new BrowserReactor({ limits: { hidden: { durng: 5 } } } as never),
    'limits.hidden has no option "durng": did you mean "during"?',
  ],
  ['run', () => page().run({ singal: undefined } as never), 'run() has no option "singal": did you mean "signal"?'],
  [
    'B4: onFrame',
    () => page().onFrame(nothing, { fixedstep: 5 } as never),
    'onFrame() has no option "fixedstep": did you mean "fixedStep"?',
  ],
  [
    'B4: the phases of a frame',
    () => page().onFrame({ rendr: nothing } as never),
    'onFrame() has no option "rendr": did you mean "render"?',
  ],
  [
    'bridgePage',
    () => bridgePage({ postMessage: nothing }, { hosts: fakePage() } as never),
    'bridgePage() has no option "hosts": did you mean "host"?',
  ],
  [
    'a BrowserReactor, null',
    () => new BrowserReactor(null as never),
    'The options of BrowserReactor are null: give an object',
  ],
  ['onFrame, null', () => page().onFrame(nothing, null as never), 'The options of onFrame() are null: give an object'],
  [
    'bridgePage, null',
    () => bridgePage({ postMessage: nothing }, null as never),
    'The options of bridgePage() are null: give an object',
  ],
];

describe('C65: an unknown key of options is refused at once, and names the nearest known one', () => {
  it.each(MISTAKES)('%s', (_, call, message) => {
    expect(call).toThrow(new TypeError(message));
  });

  it('numbers are numbers', () => {
    expect(() => page().onFrame(nothing, { maxSteps: '5' } as never)).toThrow(RangeError);
    expect(() => page().onFrame(nothing, { fixedStep: '5' } as never)).toThrow(TypeError);
  });

  it('a subclass may add options of its own, and says which', () => {
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
