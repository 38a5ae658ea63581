/** The programs of the documentation, on pages of the site of stage.mjs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/packages.mjs';
import { docsTools } from '../docs-tools.mjs';

/** A page with a script. */
export const html = (script, type = 'module') =>
  `<!doctype html><meta charset="utf-8"><title>Triphase</title><output></output><script type="${type}">${script}</script>`;

/** Each program of these texts on a page of its own, but those of React, and the list of the pages. */
export async function programPages(texts, name, folder, bundled) {
  const files = {};
  const all = [];
  for (const text of texts) all.push(...(await programsOf(text, folder)));
  const programs = all.filter((source) => !source.includes(`from 'react'`));
  for (const [index, source] of programs.entries()) {
    Object.assign(files, await bundled(`${name}-${index}`, { source }));
    files[`/${name}-${index}.html`] = html(`
      globalThis.errors = [];
      addEventListener('error', ({ message }) => errors.push(message));
      addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)));
      document.body.append(document.createElement('canvas'), document.createElement('button'));
      await import('/${name}-${index}.mjs');`);
  }
  const pages = Object.keys(files).filter((path) => path.endsWith('.html'));
  const popup = programs.findIndex((source) => source.includes('useFrames(popup)'));
  return {
    ...files,
    [`/${name}.html`]: html(`globalThis.pages = ${JSON.stringify(pages)};`),
    ...(popup >= 0 && { '/popup-program.mjs': files[`/${name}-${popup}.mjs`] }),
  };
}

/** Counts the frames that the program with a popup asks its window for, and those that it asks the popup for. */
export const popupScript = `
  globalThis.count = { own: 0, popup: 0 };
  const counted = (window, key) => {
    const { requestAnimationFrame } = window;
    window.requestAnimationFrame = (callback) => {
      count[key] += 1;
      return requestAnimationFrame.call(window, callback);
    };
  };
  counted(window, 'own');
  const { open } = window;
  window.open = (...args) => {
    const popup = open.apply(window, args);
    popup.addEventListener('load', () => counted(popup, 'popup'));
    return (globalThis.popup = popup);
  };
  document.body.append(document.createElement('button'));
  await import('/popup-program.mjs');`;

/** The programs for a page that are on a page of the documentation. */
export async function programsOf(page, folder) {
  const { blocksOf } = await docsTools(folder);
  const blocks = blocksOf(page, readFileSync(join(root, page), 'utf8'));
  return blocks.filter(({ mark }) => mark === 'page').map(({ code }) => code);
}
