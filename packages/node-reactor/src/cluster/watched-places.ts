import { lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, parse, resolve, sep } from 'node:path';

/**
 * The files of a folder that count as programs: only a change of these reloads. Any other file may be the output of the service itself, which
 * would reload it again and again.
 */
const PROGRAM = /\.(?:[cm]?[jt]sx?|wasm|node)$/;

/** A link that leads round in a circle ends here, as on Linux. */
const MOST_LINKS = 40;

/** A folder, and the files in it whose changes reload. */
export interface WatchedPlace {
  readonly folder: string;
  /** A change of one of these reloads, whether it is a program or not. */
  readonly names: Set<string>;
  /** A change of any program in it reloads too, and each folder in it is watched in the same way. */
  isTree: boolean;
}

/** The paths to watch: for `true` the folder of the program, and that of the file which the program is a link to. */
export function watchedPaths(main: string, watch: boolean | readonly string[]): readonly string[] {
  if (typeof watch !== 'boolean') return watch;
  return watch ? [main, dirname(main), dirname(realPathOf(main))] : [];
}

/**
 * Where to watch for changes of these paths as they are now; by folder. A file, and each link on the way to it, is watched from its folder:
 * a watch of the file itself would stay with the old one when another file is moved in its place, and a link leads elsewhere after a deploy.
 */
export function placesOf(paths: readonly string[]): Map<string, WatchedPlace> {
  const places: Map<string, WatchedPlace> = new Map();
  const placeOf = (folder: string): WatchedPlace => {
    let place = places.get(folder);
    if (place === undefined) places.set(folder, (place = { folder, names: new Set(), isTree: false }));
    return place;
  };
  const addTree = (folder: string): void => {
    const place = placeOf(folder);
    if (place.isTree) return;
    place.isTree = true;
    for (const inner of foldersIn(folder)) addTree(inner);
  };
  for (const path of paths) {
    const target = followLinks(resolve(path), (folder, name) => {
      placeOf(folder).names.add(name);
    });
    placeOf(dirname(target)).names.add(basename(target));
    if (isFolder(target)) addTree(target);
  }
  return places;
}

/** Whether changes of this name in this folder are watched. */
export function isWatched({ names, isTree }: WatchedPlace, name: string): boolean {
  return names.has(name) || (isTree && !isLeftOut(name) && PROGRAM.test(name));
}

/** What belongs to tools: `.git`, the copies of editors, installed packages. */
export function isLeftOut(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}

/** Whether there are programs in the folder itself. */
export function hasPrograms(place: WatchedPlace): boolean {
  return entriesOf(place.folder).some(({ name }) => isWatched(place, name));
}

/** Whether it is a folder itself, not a link to one: a link could lead round in a circle. */
export function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function foldersIn(folder: string): string[] {
  const folders = entriesOf(folder).filter((entry) => entry.isDirectory() && !isLeftOut(entry.name));
  return folders.map(({ name }) => join(folder, name));
}

function entriesOf(folder: string): ReturnType<typeof readEntries> {
  try {
    return readEntries(folder);
  } catch {
    return []; // it has gone, or nobody may read it
  }
}

function readEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

/** The path without links. `onLink` is called for each link on the way, with its folder. */
function followLinks(path: string, onLink: (folder: string, name: string) => void): string {
  let { root: done } = parse(path);
  const rest = partsOf(path);
  let links = 0;
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const target = linkAt(join(done, name));
    if (target === undefined || ++links > MOST_LINKS) done = join(done, name);
    else {
      onLink(done, name);
      const full = resolve(done, target);
      rest.unshift(...partsOf(full));
      done = parse(full).root;
    }
  }
  return done;
}

function partsOf(path: string): string[] {
  return path
    .slice(parse(path).root.length)
    .split(sep)
    .filter((part) => part !== '');
}

/** What a link says; undefined for anything else. */
function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // between two deploys
  }
}
