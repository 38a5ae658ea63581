import { describe, expect, it } from '@jest/globals';
import { resource, type Service } from '@triphase/core';
import { createReactor, expectIntact } from './hostile.ts';

const nothing = (): void => undefined;
const during = { during: nothing };

/** Uses a service. If it is refused, checks that nothing is registered. Returns the message, or `accepted`. */
async function refused(service: unknown): Promise<string> {
  const [reactor, errors] = createReactor();
  try {
    reactor.use(service as Service); // as: what callers without types pass
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    expect(reactor.describe()).toBe('HandTurnedReactor: idle');
    await expectIntact(reactor, errors);
    return (error as Error).message;
  }
}

describe('C65: a service with a member that is nearly a known one is refused', () => {
  it.each([
    { member: 'startUp', nearest: 'startup' },
    { member: 'startp', nearest: 'startup' },
    { member: 'stratup', nearest: 'startup' },
    { member: 'shutDown', nearest: 'shutdown' },
    { member: 'shutdwon', nearest: 'shutdown' },
    { member: 'shutdowns', nearest: 'shutdown' },
    { member: 'need', nearest: 'needs' },
    { member: 'leadtime', nearest: 'leadTime' },
    { member: 'atach', nearest: 'attach' },
    { member: 'statsu', nearest: 'status' },
    { member: 'timeouts', nearest: 'timeout' },
    { member: 'foundaton', nearest: 'foundation' },
    { member: 'healt', nearest: 'health' },
    { member: 'affectReadiness', nearest: 'affectsReadiness' },
  ])('$member', async ({ member, nearest }) => {
    expect(await refused({ name: 'db', startup: during, [member]: nothing })).toBe(
      `Service "db" has "${member}", which no reactor calls: did you mean "${nearest}"? A member of your own needs another name`,
    );
  });

  it('a name that is misspelt', async () => {
    expect(await refused({ nmae: 'db', startup: during })).toMatch(/has "nmae".*did you mean "name"/);
  });

  it('a member that is inherited, or cannot be enumerated', async () => {
    class Base {
      readonly name = 'db';
      readonly startup = during;
      shutDown(): void {}
    }
    class Derived extends Base {}
    expect(await refused(new Derived())).toMatch(/^Service "db" has "shutDown".*did you mean "shutdown"/);
    const hidden = Object.defineProperty({ name: 'db', startup: during }, 'staus', { value: nothing });
    expect(await refused(hidden)).toMatch(/has "staus".*did you mean "status"/);
  });

  it('members of its own are no mistake, nor are names that begin with _', async () => {
    class Database {
      readonly startup = during;
      readonly _name = 'db';
      readonly pool: unknown[] = [];
      #needs = 0;
      get name(): string {
        return this._name;
      }
      start(): number {
        return this.#needs++;
      }
      query(): void {}
    }
    expect(await refused(new Database())).toBe('accepted');
    expect(await refused(Object.assign(Object.create(null) as object, { name: 'db', state: 'x', host: '' }))).toBe(
      'accepted',
    );
    expect(await refused(resource('db', nothing))).toBe('accepted');
  });

  it.each([
    'reopen',
    'opened',
    'autostart',
    'started',
    'unclose',
    'closed',
    'nonstop',
    'stopped',
    'alldependsOn',
    'dependsOnDb',
  ])('a member %s of its own, which only contains a known name, is no mistake', async (member) => {
    expect(await refused({ name: 'db', [member]: nothing })).toBe('accepted');
  });
});

describe('C65: the error for a guessed name of startup or shutdown says what to write', () => {
  const start = 'startup: { during: () => … }';
  const stop = 'shutdown: { during: () => … }';
  it.each([
    { member: 'start', instead: start },
    { member: 'open', instead: start },
    { member: 'init', instead: start },
    { member: 'onStart', instead: start },
    { member: 'onModuleInit', instead: start },
    { member: 'onApplicationBootstrap', instead: start },
    { member: 'stop', instead: stop },
    { member: 'close', instead: stop },
    { member: 'destroy', instead: stop },
    { member: 'onStop', instead: stop },
    { member: 'onModuleDestroy', instead: stop },
    { member: 'onApplicationShutdown', instead: stop },
    { member: 'dependsOn', instead: 'needs: [database]' },
  ])('$member', async ({ member, instead }) => {
    const message = `Service "db" has "${member}", which no reactor calls: write ${instead}`;
    expect(await refused({ name: 'db', [member]: nothing })).toBe(message);
    class Guessed {
      readonly name = 'db';
      readonly startup = undefined;
    }
    Object.defineProperty(Guessed.prototype, member, { value: nothing });
    expect(await refused(new Guessed())).toBe(message);
  });

  it.each(['startup', 'shutdown'])('not where there is %s', async (event) => {
    expect(await refused({ name: 'db', [event]: during, start: nothing, stop: nothing, close: nothing })).toBe(
      'accepted',
    );
  });

  it('a function in place of phases', async () => {
    expect(await refused({ name: 'db', startup: nothing })).toBe(
      'The startup of service "db" is a function: write startup: { during: () => … } instead',
    );
    expect(await refused({ name: 'db', shutdown() {} })).toBe(
      'The shutdown of service "db" is a function: write shutdown: { during: () => … } instead',
    );
  });

  it('a value that is no service', async () => {
    const instead = 'give a service, an object with a name, startup and shutdown';
    expect(await refused('db')).toBe(`use() got the string 'db': ${instead}`);
    expect(await refused(null)).toBe(`use() got null: ${instead}`);
    expect(await refused(class Db {})).toMatch(/^use\(\) got the function 'class Db/);
  });

  it('names in place of services in needs', async () => {
    expect(await refused({ name: 'x', needs: ['db'], startup: during })).toBe(
      `Service "x" needs the string 'db': give an array of services, as use() returns them`,
    );
    expect(await refused({ name: 'x', needs: [null], startup: during })).toMatch(
      /^Service "x" needs null: give an array/,
    );
    expect(await refused({ name: 'x', needs: 'db', startup: during })).toMatch(/give an array of services/);
  });
});

describe('C65: a service whose members cannot be listed does no harm', () => {
  it('a proxy whose prototypes have no end', async () => {
    const endless = (): object => new Proxy({ name: 'db', startup: during }, { getPrototypeOf: () => endless() });
    expect(await refused(endless())).toBe('accepted');
  });

  it('a proxy that refuses to list them', () => {
    const [reactor] = createReactor();
    const service = new Proxy(
      { name: 'db' },
      {
        ownKeys: () => {
          throw new RangeError('no keys');
        },
      },
    );
    expect(() => reactor.use(service)).toThrow(new RangeError('no keys'));
    expect(reactor.describe()).toBe('HandTurnedReactor: idle');
  });
});
