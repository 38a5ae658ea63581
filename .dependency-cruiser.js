/** `npm run check -- circles`: the files of core must not import each other in a circle. Imports of types count too. */
export default {
  forbidden: [{ name: 'no-import-circles', severity: 'error', from: {}, to: { circular: true } }],
  options: {
    tsPreCompilationDeps: true, // `import type` counts
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: [], extensions: ['.ts'] },
  },
};
