import { debounce, type Debounced, type Phases, type Service, type ServiceHost, type StopReason } from '@triphase/core';
import { existsSync, watch, type FSWatcher } from 'node:fs';
import { join, sep } from 'node:path';
import { hasPrograms, isFolder, isLeftOut, isWatched, placesOf, type WatchedPlace } from './watched-places.ts';

/** An editor or a build writes several files, one after the other. Milliseconds. */
const QUIET_MS = 200;

/** A folder that is watched. */
interface Watched {
  place: WatchedPlace;
  readonly watcher: FSWatcher;
}

/**
 * Calls `onChange` once files have changed, and no more have for a moment.
 *
 * One watch for each folder: Node's own for a whole tree would also take what is in `node_modules`.
 */
export class WatchFiles implements Service {
  readonly name = 'watch';
  readonly startup: Phases = { after: () => this.#open() };
  readonly shutdown: Phases<StopReason> = { before: () => this.#close() };
  readonly #paths: () => readonly string[];
  readonly #onChange: () => void;
  #app: ServiceHost | undefined;
  #soon: Debounced<[]> | undefined;
  readonly #watched: Map<string, Watched> = new Map();
  /** What has come since `onChange` was called: nothing, a folder that may have programs in it, or a change. */
  #news: 'none' | 'folder' | 'change' = 'none';

  /** `paths` is asked again after each change: a link may lead elsewhere by then. */
  constructor(paths: () => readonly string[], onChange: () => void) {
    this.#paths = paths;
    this.#onChange = onChange;
  }

  attach(app: ServiceHost): void {
    this.#app = app;
  }

  #open(): void {
    if (this.#app === undefined) return;
    this.#soon = debounce(this.#app, QUIET_MS, () => {
      this.#quiet();
    });
    this.#look();
  }

  #close(): void {
    this.#soon?.cancel();
    this.#soon = undefined;
    for (const path of this.#watched.keys()) this.#drop(path);
  }

  /** Nothing has changed for a moment. */
  #quiet(): void {
    const isChanged = this.#news === 'change';
    this.#news = 'none';
    const hasNewPrograms = this.#look();
    if (isChanged || hasNewPrograms) this.#onChange();
  }

  /** Watches what is to be watched now. Returns whether a folder with programs is new. */
  #look(): boolean {
    const places = placesOf(this.#paths());
    for (const path of this.#watched.keys()) if (!places.has(path)) this.#drop(path);
    let hasNewPrograms = false;
    for (const [path, place] of places) {
      const known = this.#watched.get(path);
      if (known !== undefined) known.place = place;
      else if (this.#watch(path, place)) hasNewPrograms ||= hasPrograms(place);
    }
    return hasNewPrograms;
  }

  #watch(path: string, place: WatchedPlace): boolean {
    try {
      const watcher = watch(path, (event, file) => {
        this.#hear(path, event, file);
      });
      watcher.on('error', (error) => {
        this.#failed(path, error);
      });
      this.#watched.set(path, { place, watcher });
      return true;
    } catch (error) {
      this.#failed(path, error);
      return false;
    }
  }

  #hear(path: string, event: string, file: string | null): void {
    const place = this.#watched.get(path)?.place;
    if (place === undefined) return;
    const inner = file === null ? path : join(path, file);
    if (event === 'rename') this.#drop(inner); // another file or folder may have that name now
    if (file === null || isWatched(place, file)) {
      this.#news = 'change';
      this.#soon?.();
    } else if (event === 'rename' && this.#news === 'none' && place.isTree && !isLeftOut(file) && isFolder(inner)) {
      this.#news = 'folder'; // once only: a service that makes folders all the time must not put `onChange` off again and again
      this.#soon?.();
    }
  }

  /** Watches neither this folder nor those in it any longer. */
  #drop(path: string): void {
    if (!this.#watched.has(path)) return;
    for (const [each, { watcher }] of this.#watched) {
      if (each !== path && !each.startsWith(path + sep)) continue;
      this.#watched.delete(each);
      watcher.close();
    }
  }

  #failed(path: string, error: unknown): void {
    this.#drop(path);
    if (existsSync(path)) this.#app?.report(error, { kind: 'service', name: this.name });
  }
}
