import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

// Only what the compiler cannot see and a reader would miss. Without type information: the whole tree in seconds.
export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.next/', '.data/', 'lib/db/generated/', 'lib/sdk/dist/', 'next-env.d.ts', 'test-results/', 'playwright-report/', '.dependency-cruiser/'] },
  ...tseslint.configs.recommended,
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-unused-expressions': ['error', { allowShortCircuit: true, allowTernary: true }],
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      'no-restricted-syntax': ['error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name, so that one thing has one name everywhere.' },
        { selector: 'TSEnumDeclaration', message: 'A union of string literals says the same and needs no code.' },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
    },
  },
  {
    // Next and the tools ask for default exports in these places.
    files: ['app/**/*.{ts,tsx}', '*.config.{ts,js}', 'lib/testing/test-server.ts', 'e2e/global-setup.ts', 'proxy.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  { files: ['app/**/*.{ts,tsx}', 'components/**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  {
    files: ['**/*.{ts,tsx}'],
    ignores: ['app/**', 'components/**', 'lib/cli/**', 'lib/demo/**', 'lib/drills/rogue/**', 'lib/processes/supervisor-report.ts', 'server.ts', 'bench/**', 'examples/**', 'e2e/**', '**/*.test.ts', 'lib/testing/**'],
    rules: { 'no-console': 'error' },
  },
);
