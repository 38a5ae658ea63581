/** The lint rules: `npm run lint`. JavaScript files are linted without types. */
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Forbids the modifier `private`: the compiler checks it, but the running program doesn't. */
const PRIVATE_MEMBER = {
  selector:
    ':matches(PropertyDefinition, MethodDefinition, TSParameterProperty)[accessibility="private"]:not([kind="constructor"])',
  message: 'Write a #private member.',
};

/** Forbids `x.y = () => …`: V8 allocates such a closure among old objects, so no minor collection frees what it refers to. */
const ASSIGNED_CLOSURE = {
  selector: 'AssignmentExpression[left.type="MemberExpression"][right.type=/FunctionExpression$/]',
  message:
    'Write a method: V8 allocates such a closure among old objects, with all that it refers to (docs/performance.md).',
};

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/coverage/',
    '**/node_modules/',
    '.nx/',
    'reference/',
    'runtime-tests/runtimes/',
    '**/*.d.mts',
  ]),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-generic-constructors': ['error', 'type-annotation'],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/no-extraneous-class': ['error', { allowEmpty: true }], // A class can be an event type (C7).
      // `_` is a value that isn't used, as in `for await (const _ of ticks(…))`.
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_$', argsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/unbound-method': 'off', // Core reads each function of a host record or an observer once (C4).
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // The compiler decides between `env['CI']` and `env.CI`: the first in sources, both in tests.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    rules: {
      'no-console': 'error', // Sources print with the console of the host record (C56).
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      'no-restricted-syntax': ['error', PRIVATE_MEMBER],
    },
  },
  {
    // packages/testing may assign closures: its fake hosts make few of them.
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/testing/**'],
    rules: { 'no-restricted-syntax': ['error', PRIVATE_MEMBER, ASSIGNED_CLOSURE] },
  },
  {
    files: ['packages/*/test/**/*.ts', 'examples/*/test/**/*.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Tests throw and reject with any value, as programs do.
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  // The only CommonJS file of this repository: a program that requires the published packages.
  { files: ['runtime-tests/packed/plain.test.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  // Its dependencies are in a folder that not everybody installs. The stage `page-frameworks` checks its types.
  { files: ['examples/page-frameworks/**'], extends: [tseslint.configs.disableTypeChecked] },
  { files: ['**/*.{js,mjs,cjs}'], extends: [tseslint.configs.disableTypeChecked] },
);
