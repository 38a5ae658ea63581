/**
 * A test runner for Stryker: bundles all tests, loads them once, and runs those that reach a mutant one after the other. The tests that have
 * found the last mutants come first, then the quickest. To load all tests anew for each mutant takes ten times as long.
 *
 * A test that fails runs once more without the mutant. If it fails again, an earlier mutant has left something behind: then the process ends,
 * and Stryker tries the mutant in a new one.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PluginKind, commonTokens, declareClassPlugin, tokens } from '@stryker-mutator/api/plugin';
import { DryRunStatus, MutantRunStatus, TestStatus, determineHitLimitReached } from '@stryker-mutator/api/test-runner';
import { bundleTests } from './bundle-tests.mjs';
import { collectTests } from './collect-tests.mjs';

/** In the sandbox: the bundle, and how long each test took. */
const BUNDLE = '.mutation-bundle.mjs';
const TIMES = '.mutation-times.json';

/** A test that waits for ever ends after this and ten times its own time, in milliseconds. */
const TEST_LIMIT = 5_000;

/** How many tests that have found mutants are remembered. */
const FINDERS = 20;

class OneProcessRunner {
  static inject = tokens(commonTokens.options);
  #tests;
  #times = {};
  /** The tests that have found the last mutants. */
  #finders = [];
  /** Something of an earlier mutant may be left. */
  #isUsedUp = false;
  #space = (globalThis.__stryker__ ??= {});

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init() {
    process.on('unhandledRejection', () => undefined);
    process.on('uncaughtException', () => undefined); // an error that a mutant throws in a timer
    if (!existsSync(BUNDLE)) await bundleTests(BUNDLE);
    if (existsSync(TIMES)) this.#times = JSON.parse(readFileSync(TIMES, 'utf8'));
  }

  async dryRun() {
    await this.#load();
    const results = [];
    for (const test of this.#tests) {
      this.#space.currentTestId = test.id;
      const start = performance.now();
      const error = await test.run(60_000);
      const time = performance.now() - start;
      this.#times[test.id] = time;
      results.push({
        id: test.id,
        name: test.id,
        fileName: resolve(test.file),
        timeSpentMs: time,
        ...(error === undefined ? { status: TestStatus.Success } : { status: TestStatus.Failed, failureMessage: text(error) }),
      });
    }
    this.#space.currentTestId = undefined;
    writeFileSync(TIMES, JSON.stringify(this.#times));
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage: this.#space.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation }) {
    if (this.#isUsedUp) throw new Error('an earlier mutant has left something behind: tried again in a new process');
    const space = this.#space;
    if (mutantActivation === 'static') space.activeMutant = activeMutant.id;
    try {
      await this.#load();
    } catch (error) {
      this.#isUsedUp = true;
      return { status: MutantRunStatus.Killed, killedBy: [], failureMessage: text(error), nrOfTests: 0 };
    }
    space.hitLimit = hitLimit;
    space.hitCount = hitLimit === undefined ? undefined : 0;
    let nrOfTests = 0;
    for (const test of this.#inOrder(testFilter)) {
      nrOfTests++;
      space.activeMutant = activeMutant.id;
      const error = await test.run(TEST_LIMIT + 10 * (this.#times[test.id] ?? 0));
      space.activeMutant = mutantActivation === 'static' ? activeMutant.id : undefined;
      const limit = determineHitLimitReached(space.hitCount, hitLimit);
      if (limit !== undefined) {
        this.#isUsedUp = true;
        return { status: MutantRunStatus.Timeout, reason: limit.reason };
      }
      if (error === undefined) continue;
      if (error.isLimit === true) this.#isUsedUp = true;
      else if (mutantActivation !== 'static' && (await test.run(TEST_LIMIT)) !== undefined) {
        this.#isUsedUp = true;
        throw new Error(`${test.id} fails without a mutant: tried again in a new process`);
      }
      this.#finders = [test.id, ...this.#finders.filter((id) => id !== test.id)].slice(0, FINDERS);
      return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage: text(error), nrOfTests };
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  async #load() {
    this.#tests ??= await collectTests(pathToFileURL(resolve(BUNDLE)));
  }

  #inOrder(ids) {
    const wanted = ids === undefined ? this.#tests : this.#tests.filter(((set) => ({ id }) => set.has(id))(new Set(ids)));
    const rank = ({ id }) => {
      const place = this.#finders.indexOf(id);
      return place < 0 ? (this.#times[id] ?? 0) : place - FINDERS;
    };
    return wanted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function text(error) {
  return String(error?.stack ?? error).slice(0, 2_000);
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'one-process', OneProcessRunner)];
