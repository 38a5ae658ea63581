/**
 * A test runner for Stryker: bundles all tests, loads them once, and runs those that reach a mutant one after the other. The tests that have
 * found the last mutants come first, then the quickest. To load all tests anew for each mutant takes ten times as long.
 *
 * A test that fails runs once more without the mutant. If it fails again, an earlier mutant may have left something behind: then Stryker tries
 * the mutant in a new process.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { PluginKind, commonTokens, declareClassPlugin, tokens } from '@stryker-mutator/api/plugin';
import { DryRunStatus, MutantRunStatus, TestStatus, determineHitLimitReached } from '@stryker-mutator/api/test-runner';
import { bundleTests } from './bundle-tests.mjs';
import { collectTests } from './collect-tests.mjs';

/** In the sandbox: the bundle, how long each test took, and a note for each mutant with which a test never ends. */
const BUNDLE = '.mutation-bundle.mjs';
const TIMES = '.mutation-times.json';
const NOTE = '.mutation-hangs-';

/** A test that waits for ever ends after this and ten times its own time, in milliseconds. One that loops for ever, after twice that. */
const TEST_LIMIT = 1_500;

/** How many tests that have found mutants are remembered. */
const FINDERS = 20;

class OneProcessRunner {
  static inject = tokens(commonTokens.options);
  #tests;
  /** In milliseconds, by the id of the test. */
  #times = {};
  /** The ids of the tests that have found the last mutants. */
  #finders = [];
  /** No mutant has run in this process. */
  #isFirst = true;
  /** The first one has left something behind that makes tests fail. */
  #isUsedUp = false;
  /** What the code with the mutants reads. */
  #space = (globalThis.__stryker__ ??= {});
  /** For the watchdog: the number of the test under way, its limit, and the mutant. */
  #watched = new Int32Array(new SharedArrayBuffer(12));

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    process.on('unhandledRejection', () => undefined);
    process.on('uncaughtException', () => undefined); // an error that a mutant throws in a timer
    if (!existsSync(BUNDLE)) await bundleTests(BUNDLE);
    if (existsSync(TIMES)) this.#times = JSON.parse(readFileSync(TIMES, 'utf8'));
    const workerData = { state: this.#watched, note: resolve(NOTE) };
    new Worker(join(import.meta.dirname, 'watchdog.mjs'), { workerData }).unref();
  }

  async dryRun() {
    await this.#load();
    const results = [];
    for (const test of this.#tests) {
      this.#space.currentTestId = test.id;
      const start = performance.now();
      const error = await test.run(60_000);
      const timeSpentMs = performance.now() - start;
      this.#times[test.id] = timeSpentMs;
      const outcome = error === undefined ? { status: TestStatus.Success } : { status: TestStatus.Failed };
      results.push({
        id: test.id,
        name: test.id,
        fileName: resolve(test.file),
        timeSpentMs,
        ...outcome,
        failureMessage: text(error),
      });
    }
    this.#space.currentTestId = undefined;
    writeFileSync(TIMES, JSON.stringify(this.#times));
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage: this.#space.mutantCoverage };
  }

  async mutantRun({ activeMutant: { id }, testFilter, hitLimit, mutantActivation }) {
    if (existsSync(`${NOTE}${id}`)) return { status: MutantRunStatus.Timeout, reason: 'a test never ends' };
    if (this.#isUsedUp) throw new Error('the last mutant has left something behind');
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const space = this.#space;
    const isStatic = mutantActivation === 'static';
    if (isStatic) space.activeMutant = id;
    try {
      await this.#load();
    } catch (error) {
      return { status: MutantRunStatus.Killed, killedBy: [], failureMessage: text(error), nrOfTests: 0 };
    }
    space.hitLimit = hitLimit;
    space.hitCount = hitLimit === undefined ? undefined : 0;
    let nrOfTests = 0;
    for (const test of this.#inOrder(testFilter)) {
      nrOfTests++;
      space.activeMutant = id;
      const error = await this.#run(test, id);
      if (!isStatic) space.activeMutant = undefined;
      const limit = determineHitLimitReached(space.hitCount, hitLimit);
      if (limit !== undefined) return { status: MutantRunStatus.Timeout, reason: limit.reason };
      if (error === undefined) continue;
      if (!isStatic && (await this.#run(test, id)) !== undefined) {
        if (!isFirst) throw new Error(`${test.id} fails without a mutant`);
        this.#isUsedUp = true;
      }
      this.#finders = [test.id, ...this.#finders.filter((each) => each !== test.id)].slice(0, FINDERS);
      return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage: text(error), nrOfTests };
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  async #run(test, mutant) {
    const limit = TEST_LIMIT + 10 * (this.#times[test.id] ?? 0);
    this.#watched[2] = Number(mutant);
    this.#watched[1] = 2 * limit;
    this.#watched[0]++;
    const error = await test.run(limit);
    this.#watched[1] = 0;
    return error;
  }

  async #load() {
    this.#tests ??= await collectTests(pathToFileURL(resolve(BUNDLE)));
  }

  #inOrder(ids) {
    const wanted = new Set(ids ?? this.#tests.map(({ id }) => id));
    const rank = ({ id }) => {
      const place = this.#finders.indexOf(id);
      return place < 0 ? (this.#times[id] ?? 0) : place - FINDERS;
    };
    return this.#tests.filter(({ id }) => wanted.has(id)).sort((one, other) => rank(one) - rank(other));
  }
}

function text(error) {
  return String(error?.stack ?? error).slice(0, 2_000);
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'one-process', OneProcessRunner)];
