// CommonJS under jest without a configuration or a flag: jest does not transform node_modules.
const { ReactorBase, ReservedEventError } = require('@triphase/core');
const { NodeReactor } = require('@triphase/node-reactor');

class TickerReactor extends ReactorBase {
  requestTurn(turn) {
    const handle = setImmediate(turn);
    return () => clearImmediate(handle);
  }
}

test('a reactor of one method runs and stops', async () => {
  const reactor = new TickerReactor();
  const seen = [];
  reactor.on('startup', () => seen.push('startup'));
  reactor.on('shutdown', () => seen.push('shutdown'));
  reactor.callLater(0, () => {
    seen.push('call');
    reactor.stop();
  });
  const result = await reactor.run();
  expect(seen).toEqual(['startup', 'call', 'shutdown']);
  expect(result.reason).toEqual({ kind: 'stop' });
});

test('the packages share one core', () => {
  const reactor = new NodeReactor();
  expect(reactor).toBeInstanceOf(ReactorBase);
  expect(() => reactor.fire('startup')).toThrow(ReservedEventError);
});
