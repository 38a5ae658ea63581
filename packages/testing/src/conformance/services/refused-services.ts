import type { Phase, Service, ServiceGraphError } from '@triphase/core';
import { mustNotRun } from '../functions.ts';
import { Journal } from '../journal.ts';
import type { Kit } from '../kit.ts';
import { PHASES } from '../phases.ts';
import { start } from '../running.ts';
import { codeOf, codeThrownBy, thrownBy } from '../thrown.ts';

/** Services that `use` refuses: C52. */
export function refusedServices(kit: Kit): void {
  const { expect } = kit;

  kit.it('C52', 'a lead time above half of the shutdown deadline throws a RangeError with both numbers', () => {
    const reactor = kit.create({ limits: { shutdown: { deadline: 10_000 } } });
    const message = (leadTime: number): string => {
      try {
        reactor.use({ name: 'http', leadTime });
        return 'accepted';
      } catch (error) {
        return error instanceof RangeError ? error.message : 'another error';
      }
    };
    expect(message(5_000)).toBe('accepted');
    expect(['5001', '10000'].filter((number) => message(5_001).includes(number)).length).toBe(2);
    expect(message(-1).includes('-1')).toBe(true);
  });

  kit.it('C52', 'use() throws ServiceGraphError with the path of a cycle of needs', () => {
    const reactor = kit.create();
    const [a, b, c] = ['a', 'b', 'c'].map((name): Service & { needs: Service[] } => ({ name, needs: [] }));
    if (a === undefined || b === undefined || c === undefined) throw new Error('three names make three services');
    a.needs.push(b);
    b.needs.push(c);
    c.needs.push(b);
    for (const service of [b, c]) expect(pathOf(() => reactor.use(service)).length).toBe(3);
    expect(pathOf(() => reactor.use(b))).toEqual(['b', 'c', 'b']);
    expect(pathOf(() => reactor.use(a))).toEqual(['b', 'c', 'b']);
    const self: Service & { needs: Service[] } = { name: 'self', needs: [] };
    self.needs.push(self);
    expect(pathOf(() => reactor.use(self))).toEqual(['self', 'self']);
    const message = String(thrownBy(() => reactor.use(b)));
    expect(message.includes('b → c → b')).toBe(true);
  });

  kit.it('C52', 'use() throws ServiceGraphError for a need that was not used, and registers nothing', async () => {
    const reactor = kit.create();
    const unused: Service = { name: 'db', startup: { during: mustNotRun } };
    const http: Service = { name: 'http', needs: [unused], startup: { during: mustNotRun } };
    expect(pathOf(() => reactor.use(http))).toEqual(['http', 'db']);
    await start(reactor);
    await reactor.stop();
  });

  kit.it(
    'C52',
    'use() throws PhasePassedError once the startup phase of the service has begun, and not before',
    async () => {
      const reactor = kit.create();
      const journal = new Journal();
      const codes: string[] = [];
      const late = (phase: Phase): void =>
        void codes.push(codeThrownBy(() => reactor.use({ name: 'late', startup: { [phase]: mustNotRun } })));
      reactor.on('startup', {
        before: () => {
          reactor.use({
            name: 'in time',
            startup: { during: journal.notes('starts') },
            shutdown: { during: journal.notes('stops') },
          });
          late('before');
        },
        during: () => {
          late('before');
          late('during');
          reactor.use({ name: 'in time, too', startup: { after: journal.notes('starts last') } });
        },
        after: () => {
          late('after');
        },
      });
      await start(reactor);
      for (const phase of PHASES) late(phase);
      await reactor.stop();
      late('during');
      expect(codes).toEqual(Array.from({ length: 8 }, () => 'ERR_TRIPHASE_PHASE_PASSED'));
      expect(journal.entries).toEqual(['starts', 'starts last', 'stops']);
    },
  );

  kit.it(
    'C52',
    'use() throws for a service with an unknown phase, or with a phase that is not a function',
    async () => {
      const reactor = kit.create();
      for (const event of ['startup', 'shutdown']) {
        const misspelt = { name: 'db', [event]: { befor: () => 1 } } as unknown as Service;
        expect(codeThrownBy(() => reactor.use(misspelt))).toBe('ERR_TRIPHASE_INVALID_PHASE');
        const noFunction = { name: 'db', [event]: { before: 7 } } as unknown as Service;
        expect(() => reactor.use(noFunction)).toThrow(TypeError);
      }
      await start(reactor);
      expect((await reactor.stop()).startup.counts).toEqual({ before: 0, during: 0, after: 0 });
    },
  );
}

/** The path of the ServiceGraphError that `body` throws. */
function pathOf(body: () => unknown): readonly string[] {
  const error = thrownBy(body) as ServiceGraphError; // as: the next line checks its code
  if (codeOf(error) !== 'ERR_TRIPHASE_SERVICE_GRAPH')
    throw new Error(`expected a ServiceGraphError, not ${codeOf(error)}`);
  return error.path;
}
