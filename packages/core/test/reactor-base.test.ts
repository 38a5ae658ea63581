import { expect, it } from '@jest/globals';

import { HandTurnedReactor } from './hand-turned-reactor.ts';

it('C53: on and once copy their options: the caller may change the object and use it again', async () => {
  const reactor: HandTurnedReactor = new HandTurnedReactor();
  const options = { name: '' };
  for (const short of ['on', 'once'] as const) {
    options.name = `${short} one`;
    reactor[short]('job', () => undefined, options);
    options.name = `${short} two`;
    reactor[short]('job', () => undefined, options);
  }
  const { phases } = await reactor.fire('job', undefined, { timings: true });
  expect(phases?.during.triggers.map(({ name }) => name)).toEqual(['on one', 'on two', 'once one', 'once two']);
});
