import { afterEach, expect, it } from '@jest/globals';
import { createAbortController } from '../src/ground/host.ts';

const { AbortController } = globalThis;

afterEach(() => {
  globalThis.AbortController = AbortController;
});

it('N26: a signal that is not the host’s own is taken as it is', () => {
  class OwnController {
    readonly signal = { aborted: false };

    abort(): void {
      this.signal.aborted = true;
    }
  }
  globalThis.AbortController = OwnController as never; // as: what jsdom puts in its place
  const controller = createAbortController();
  controller.abort(undefined);
  expect(controller.signal.aborted).toBe(true);
});
