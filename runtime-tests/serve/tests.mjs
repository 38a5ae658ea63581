import { cutTests } from './cut-tests.mjs';
import { loadTests } from './load-tests.mjs';
import { startAndAnswerTests } from './start-and-answer-tests.mjs';
import { stopTests } from './stop-tests.mjs';

/** Tests of a service on `serve` or `serveHttp`, with real processes, sockets and signals. Their form is that of test-cases.mjs. */
export const serveTests = [...loadTests, ...stopTests, ...cutTests, ...startAndAnswerTests];
