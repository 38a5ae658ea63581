/** For `npm run check -- circles`. A circle of types counts too: none of its files can be read without the others. */
export default {
  forbidden: [{ name: 'no-import-circles', severity: 'error', from: {}, to: { circular: true } }],
  options: {
    tsPreCompilationDeps: true, // `import type` counts
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: [], extensions: ['.ts'] },
  },
};
