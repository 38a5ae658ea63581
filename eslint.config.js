import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const PRIVATE_MEMBER = {
  selector:
    ':matches(PropertyDefinition, MethodDefinition, TSParameterProperty)[accessibility="private"]:not([kind="constructor"])',
  message: 'Write a #private member.',
};

const ASSIGNED_CLOSURE = {
  selector: 'AssignmentExpression[left.type="MemberExpression"][right.type=/FunctionExpression$/]',
  message: 'V8 makes such a closure old from birth, with all it knows (docs/performance.md): write a method.',
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
      // `for await (const _ of ticks(…))`: only that it came counts.
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_$', argsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: { string: true } }],
      '@typescript-eslint/unbound-method': 'off', // Host records and observers are read function by function (C4).
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // The sources must write `env['CI']`, tests need not: the compiler says which.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    rules: {
      'no-console': 'error', // The host record has the console (C56).
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      'no-restricted-syntax': ['error', PRIVATE_MEMBER],
    },
  },
  {
    // The conformance kit makes few of them, on hosts that are not its own.
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/testing/**'],
    rules: { 'no-restricted-syntax': ['error', PRIVATE_MEMBER, ASSIGNED_CLOSURE] },
  },
  {
    files: ['packages/*/test/**/*.ts', 'examples/*/test/**/*.ts', 'test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A failing rule is proved by throwing what users throw: anything.
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  // The one CommonJS program of this repository: what a consumer writes.
  { files: ['runtime-tests/packed/plain.test.js'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  // The types of what it imports are in its own folder, which not everybody installs; its stage compiles it.
  { files: ['examples/page-frameworks/**'], extends: [tseslint.configs.disableTypeChecked] },
  { files: ['**/*.{js,mjs,cjs}'], extends: [tseslint.configs.disableTypeChecked] },
);
