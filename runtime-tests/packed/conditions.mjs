/** Checks that `triphase` resolves to the entry for this host, with its reactor and its functions (D7, D12). The argument is the name of the reactor. */
import * as triphase from 'triphase';

const expected = process.argv[2];
const problems = [];
const reactor = triphase.createReactor();
if (reactor.constructor.name !== expected) problems.push(`createReactor() returns a ${reactor.constructor.name}`);
if (!(reactor instanceof triphase.ReactorBase)) problems.push('the reactor is of another copy of core');
const result = await triphase.runMain((app) => triphase.sleep(app, 1));
if (result.reason.kind !== 'main-ended') problems.push(`runMain() ended with ${result.reason.kind}`);
if (triphase.serve(() => new Response('hello'), { port: 0 }).name !== 'http')
  problems.push('serve() returns no service');
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
