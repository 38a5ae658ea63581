import { debounce, type Debounced, type Phases, type Service, type ServiceHost, type StopReason } from '@triphase/core';
import { statSync, watch, type FSWatcher } from 'node:fs';

/** An editor or a build writes several files, one after the other. Milliseconds. */
const QUIET_MS = 200;

/** Calls `onChange` once files have changed, and no more have for a moment. */
export class WatchFiles implements Service {
  readonly name = 'watch';
  readonly startup: Phases = { after: () => this.#open() };
  readonly shutdown: Phases<StopReason> = { before: () => this.#close() };
  readonly #paths: readonly string[];
  readonly #onChange: () => void;
  #app: ServiceHost | undefined;
  #changed: Debounced<[]> | undefined;
  #watchers: FSWatcher[] = [];

  constructor(paths: readonly string[], onChange: () => void) {
    this.#paths = paths;
    this.#onChange = onChange;
  }

  attach(app: ServiceHost): void {
    this.#app = app;
  }

  #open(): void {
    const app = this.#app;
    if (app === undefined) return;
    const changed = debounce(app, QUIET_MS, this.#onChange);
    this.#changed = changed;
    for (const path of this.#paths) {
      const watcher = watch(path, { recursive: statSync(path).isDirectory() }, (_event, file) => {
        if (file?.includes('node_modules') !== true) changed();
      });
      this.#watchers.push(watcher.on('error', (error) => app.report(error, { kind: 'service', name: this.name })));
    }
  }

  #close(): void {
    this.#changed?.cancel();
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }
}
