/** What `triphase` gives on this host: the reactor of the host, and functions that work or say why not (D7, D12). */
import * as triphase from 'triphase';

const expected = process.argv[2];
const problems = [];
const reactor = triphase.createReactor();
if (reactor.constructor.name !== expected) problems.push(`createReactor() gives ${reactor.constructor.name}`);
if (!(reactor instanceof triphase.ReactorBase)) problems.push('it is of another core');
const result = await triphase.runMain((app) => triphase.sleep(app, 1));
if (result.reason.kind !== 'main-ended') problems.push(`runMain() ended with ${result.reason.kind}`);
if (triphase.serve(() => new Response('hello'), { port: 0 }).name !== 'http') problems.push('serve() makes no service');
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
