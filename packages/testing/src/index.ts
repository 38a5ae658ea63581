/// <reference lib="esnext.disposable" preserve="true" />
export { reactorConformance } from './conformance/index.ts';
export type { Capabilities, Subject } from './conformance/kit.ts';
export type { Expectation, TestRunner } from './test-runner.ts';
export { tinyRunner } from './tiny-runner.ts';
export type { TestFailure, TestOutcome, TinyRunner } from './tiny-runner.ts';
