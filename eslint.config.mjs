import tseslint from 'typescript-eslint';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';

/** Import boundaries of the design, section 4: who may not see whom. */
const boundaries = [
  { target: './lib', from: './nodes', message: 'lib never sees Node-RED glue' },
  { target: './lib', from: './simulator', message: 'lib never imports the simulator' },
  { target: './lib', from: './demo', message: 'lib never imports the demo' },
  { target: './nodes', from: ['./simulator', './demo'], message: 'nodes import lib only' },
  { target: ['./lib', './nodes', './simulator'], from: './cli', message: 'the command line is glue: nothing builds on it' },
  {
    target: './cli',
    from: ['./simulator', './demo', './nodes'],
    except: ['./shared/erp-settings.ts'],
    message: 'the command line imports lib, and reads settings as erp-config does',
  },
  { target: ['./lib', './nodes', './simulator'], from: './testing', message: 'what runs at a customer never needs what tests need' },
  {
    target: './simulator',
    from: ['./nodes', './demo', './lib'],
    message: 'the simulator is judged by the protocol, not by our client: it shares no code with lib',
  },
  {
    target: ['./lib/sync', './lib/mapping', './lib/monitoring'],
    from: ['./lib/exchange/ews', './lib/erp/sqlite', './lib/erp/mssql'],
    message: 'sync, mapping and monitoring see ports, never drivers',
  },
  {
    target: './lib/model',
    from: ['./lib/sync', './lib/mapping', './lib/monitoring', './lib/exchange', './lib/erp'],
    message: 'the model depends on nothing',
  },
  { target: './lib/mapping', from: ['./lib/sync', './lib/monitoring', './lib/exchange', './lib/erp'], message: 'mapping is pure' },
  {
    target: './lib/exchange',
    from: ['./lib/erp', './lib/sync', './lib/mapping', './lib/monitoring'],
    message: 'an adapter knows its port and the model',
  },
  {
    target: './lib/erp',
    from: ['./lib/exchange', './lib/sync', './lib/mapping', './lib/monitoring'],
    message: 'an adapter knows its port and the model',
  },
];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'resources/**', 'examples/**', 'scripts/**', '*.mjs', '**/pages/**'] },
  ...tseslint.configs.strictTypeChecked,
  {
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    languageOptions: {
      parserOptions: { project: ['./tsconfig.test.json', './nodes/editor/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: boundaries }],
      'import-x/no-default-export': 'error',
      'import-x/no-cycle': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      'no-restricted-imports': ['error', { paths: [{ name: 'node-red', message: 'only nodes/, demo/ and tests see Node-RED' }] }],
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['demo/**', 'test/**', 'testing/**', 'bench/**', 'nodes/**', 'simulator/**'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['demo/**', 'bench/**', 'simulator/cli.ts', 'test/**'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
);
