/** The worker of the test pages: its reactor gets the events of the page over the bridge, and it answers what the page asks. */
import { bridgePage } from '@triphase/browser-reactor';
import { createWorkerReactor } from '@triphase/browser-reactor/worker';
import { HostMissingError, sleep } from '@triphase/core';
import { answerAsks } from './ask.mjs';
import { Journal } from './journal.mjs';

const reactor = createWorkerReactor({ whenHidden: 'pause' });
const journal = new Journal(reactor);
void reactor.run();
// For the functions that the page asks for.
Object.assign(globalThis, { HostMissingError, bridgePage, journal, reactor, sleep });
answerAsks();
