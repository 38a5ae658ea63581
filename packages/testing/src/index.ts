/// <reference lib="esnext.disposable" preserve="true" />
export { reactorConformance } from './conformance/index.ts';
export type { Capabilities, Subject } from './conformance/kit.ts';
export { fakeHost, type FakeHost } from './fake-host.ts';
export { ManualReactor, type FlushOptions, type ManualReactorOptions } from './manual-reactor.ts';
export { RunawayError } from './runaway-error.ts';
export type { Expectation, TestRunner } from './test-runner.ts';
export { tinyRunner, type TestFailure, type TestOutcome, type TinyRunner } from './tiny-runner.ts';
