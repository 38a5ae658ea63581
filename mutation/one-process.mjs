/**
 * The test runner of Stryker: bundles all tests and loads them once. For each mutant it runs the tests that reach the mutated code, one after the
 * other: first those that found the last mutants, then the fastest. Loading all tests again for each mutant would take ten times as long.
 *
 * If a test fails, it runs once more without the mutant. If it fails again, an earlier mutant may have left something behind, such as a timer, and
 * Stryker tries the mutant again in a new process.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { PluginKind, commonTokens, declareClassPlugin, tokens } from '@stryker-mutator/api/plugin';
import { DryRunStatus, MutantRunStatus, TestStatus, determineHitLimitReached } from '@stryker-mutator/api/test-runner';
import { bundleTests } from './bundle-tests.mjs';
import { collectTests } from './collect-tests.mjs';

/** Files in the sandbox: the bundle, the duration of each test, and an empty file for each mutant with which a test never ends. */
const BUNDLE = '.mutation-bundle.mjs';
const TIMES = '.mutation-times.json';
const HANGS = '.mutation-hangs-';

/**
 * The limit of a test is this time plus ten times its usual duration. A test that takes longer has failed. A test that loops forever can't be
 * stopped, so the watchdog kills the process after twice the limit. Milliseconds.
 */
const TEST_LIMIT = 1_500;

/** The number of tests that run first because they found the last mutants. */
const FINDERS = 20;

class OneProcessRunner {
  static inject = tokens(commonTokens.options);
  #tests;
  /** The duration of each test, by its id. Milliseconds. */
  #times = {};
  /** The ids of the tests that have found the last mutants. */
  #finders = [];
  /** No mutant has run in this process yet. */
  #isFirst = true;
  /** The first mutant has left something behind that makes tests fail, so this process can't test another one. */
  #isUsedUp = false;
  /** The record that mutated code reads, such as the number of the active mutant. */
  #stryker = (globalThis.__stryker__ ??= {});
  /** Read by the watchdog: the number of the running test, its limit, and the mutant. */
  #watched = new Int32Array(new SharedArrayBuffer(12));

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    // Errors that a mutant throws in a timer or a promise must not end this process.
    process.on('unhandledRejection', () => undefined);
    process.on('uncaughtException', () => undefined);
    if (!existsSync(BUNDLE)) await bundleTests(BUNDLE);
    if (existsSync(TIMES)) this.#times = JSON.parse(readFileSync(TIMES, 'utf8'));
    const workerData = { watched: this.#watched, hangs: resolve(HANGS) };
    new Worker(join(import.meta.dirname, 'watchdog.mjs'), { workerData }).unref();
  }

  async dryRun() {
    await this.#load();
    const results = [];
    for (const test of this.#tests) {
      this.#stryker.currentTestId = test.id;
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
    this.#stryker.currentTestId = undefined;
    writeFileSync(TIMES, JSON.stringify(this.#times));
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage: this.#stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant: { id }, testFilter, hitLimit, mutantActivation }) {
    if (existsSync(`${HANGS}${id}`)) return { status: MutantRunStatus.Timeout, reason: 'a test never ends' };
    // An error here makes Stryker start a new process.
    if (this.#isUsedUp) throw new Error('the last mutant left something behind that makes tests fail');
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const stryker = this.#stryker;
    const isStatic = mutantActivation === 'static';
    if (isStatic) stryker.activeMutant = id;
    try {
      await this.#load();
    } catch (error) {
      return { status: MutantRunStatus.Killed, killedBy: [], failureMessage: text(error), nrOfTests: 0 };
    }
    stryker.hitLimit = hitLimit;
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    let nrOfTests = 0;
    for (const test of this.#inOrder(testFilter)) {
      nrOfTests++;
      stryker.activeMutant = id;
      const error = await this.#run(test, id);
      if (!isStatic) stryker.activeMutant = undefined;
      const limit = determineHitLimitReached(stryker.hitCount, hitLimit);
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

  /** The tests with these ids: first those that found the last mutants, then the fastest. */
  #inOrder(ids) {
    const wanted = new Set(ids ?? this.#tests.map(({ id }) => id));
    const rank = ({ id }) => {
      const index = this.#finders.indexOf(id);
      return index < 0 ? (this.#times[id] ?? 0) : index - FINDERS;
    };
    return this.#tests.filter(({ id }) => wanted.has(id)).sort((one, other) => rank(one) - rank(other));
  }
}

function text(error) {
  return String(error?.stack ?? error).slice(0, 2_000);
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'one-process', OneProcessRunner)];
