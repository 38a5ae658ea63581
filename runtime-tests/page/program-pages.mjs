/** Makes pages of the programs in the documentation, for the site of stage.mjs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/packages.mjs';
import { docsTools } from '../docs-tools.mjs';

/** The HTML of a page with a script. */
export const html = (script, type = 'module') =>
  `<!doctype html><meta charset="utf-8"><title>Triphase</title><output></output><script type="${type}">${script}</script>`;

/** The files of a site with a page for each program in these documents, except those for React, and `/NAME.html`, which lists the pages. */
export async function programPages(documents, name, folder, bundled) {
  const files = {};
  const all = [];
  for (const document of documents) all.push(...(await programsOf(document, folder)));
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

/** Runs the program with a popup, and counts the frames that it requests from its own window and from the popup. */
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

/** The programs for a browser in a page of the documentation. */
export async function programsOf(page, folder) {
  const { blocksOf } = await docsTools(folder);
  const blocks = blocksOf(page, readFileSync(join(root, page), 'utf8'));
  return blocks.filter(({ mark }) => mark === 'page').map(({ code }) => code);
}
