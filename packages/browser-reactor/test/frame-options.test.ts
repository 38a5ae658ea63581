import { describe, expect, it } from '@jest/globals';
import { BrowserReactor, type FrameOptions } from '@triphase/browser-reactor';
import { fakePage, running, started } from './page.ts';

describe('B23: order', () => {
  it('B23: in read, update and render lower orders come first, and equal ones as they were registered', async () => {
    const page = fakePage();
    const reactor = await running(page);
    const seen: string[] = [];
    const add = (name: string, order?: number): { remove(): boolean } => {
      const note = (phase: string) => (): void => void seen.push(`${phase} ${name}`);
      const phases = { read: note('read'), update: note('update'), render: note('render') };
      return reactor.onFrame(phases, order === undefined ? {} : { order });
    };
    const names = (): string[] => {
      seen.length = 0;
      page.advance(16);
      page.runFrame();
      return ['read', 'update', 'render'].map((phase) =>
        seen
          .filter((entry) => entry.startsWith(phase))
          .map((entry) => entry.slice(phase.length + 1))
          .join(),
      );
    };
    add('overlay', 10);
    add('a');
    const b = add('b', 0);
    add('input', -1);
    add('c');
    add('last', Infinity);
    add('over', 10);
    expect(names()).toEqual(Array(3).fill('input,a,b,c,overlay,over,last'));
    b.remove();
    add('d');
    add('first', -Infinity);
    expect(names()).toEqual(Array(3).fill('first,input,a,c,d,overlay,over,last'));
  });
});

describe('options of onFrame', () => {
  it.each([
    { options: { maxFps: 0 }, kind: RangeError, message: 'maxFps is 0: give a number above 0' },
    { options: { maxFps: NaN }, kind: RangeError, message: 'maxFps is NaN' },
    { options: { maxFps: '30' }, kind: RangeError, message: 'maxFps is 30' },
    { options: { maxDelta: 0 }, kind: RangeError, message: 'maxDelta is 0: give milliseconds above 0' },
    {
      options: { maxDelta: '5' },
      kind: TypeError,
      message: "maxDelta is a number of milliseconds, 0 or more, got the string '5'",
    },
    { options: { order: NaN }, kind: RangeError, message: 'order is NaN: give a number' },
    { options: { order: 'first' }, kind: RangeError, message: 'order is first: give a number' },
    { options: { clock: {} }, kind: TypeError, message: 'The clock of onFrame has no function now()' },
    { options: { clock: null }, kind: TypeError, message: 'The clock of onFrame has no function now()' },
    { options: { priority: 1 }, kind: TypeError, message: 'onFrame() has no option "priority"' },
    { options: { maxFPS: 30 }, kind: TypeError, message: 'did you mean "maxFps"?' },
    { options: { fixedstep: 10 }, kind: TypeError, message: 'did you mean "fixedStep"?' },
  ])('B22, B20: $options is refused', ({ options, kind, message }) => {
    const reactor = started(fakePage());
    // as: callers without types pass anything
    const add = (): unknown => reactor.onFrame(() => undefined, options as unknown as FrameOptions);
    expect(add).toThrow(kind);
    expect(add).toThrow(message);
  });

  it('each option is read once', () => {
    const reads: Record<string, number> = {};
    const values = {
      fixedStep: 10,
      maxSteps: 2,
      maxDelta: 50,
      maxFps: 30,
      order: 1,
      name: 'scene',
      clock: { now: () => 0 },
    };
    const options = {};
    for (const [name, value] of Object.entries(values))
      Object.defineProperty(options, name, {
        enumerable: true,
        get: () => {
          reads[name] = (reads[name] ?? 0) + 1;
          return value;
        },
      });
    new BrowserReactor().onFrame(() => undefined, options);
    expect(reads).toEqual(Object.fromEntries(Object.keys(values).map((name) => [name, 1])));
  });
});
