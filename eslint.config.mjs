import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import {kebabCaseFileName} from './tools/lint-rules/kebab-case-file-name.mjs';
import {noDumpNames} from './tools/lint-rules/no-dump-names.mjs';
import {messagesAreBuilt} from './tools/lint-rules/messages-are-built.mjs';
import {issueInTodo} from './tools/lint-rules/issue-in-todo.mjs';

const frameworks = ['@nestjs/*', 'kafkajs', '@prisma/*', '@grpc/*', '@opentelemetry/*', 'rxjs', 'rxjs/*', 'fastify'];
const layers = [
  {sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:domain', 'type:contract', 'type:adapter']},
  {sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:domain', 'type:contract', 'type:adapter']},
  {
    sourceTag: 'type:domain',
    onlyDependOnLibsWithTags: ['type:domain', 'type:contract'],
    bannedExternalImports: frameworks,
  },
  {sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:contract'], bannedExternalImports: frameworks},
  {sourceTag: 'type:testkit', onlyDependOnLibsWithTags: ['type:contract', 'type:testkit']},
];
// NestJS ends at the edge (docs/adr/0014): what must run without it may not reach it through a library either.
const hosts = [
  {
    sourceTag: 'host:plain',
    notDependOnLibsWithTags: ['host:nest', 'host:transport'],
    bannedExternalImports: ['@nestjs/*', 'fastify'],
  },
  {sourceTag: 'host:transport', notDependOnLibsWithTags: ['host:nest']},
];
const withTestkit = layers.map((layer) => ({
  ...layer,
  onlyDependOnLibsWithTags: [...new Set([...layer.onlyDependOnLibsWithTags, 'type:testkit'])],
}));
/** @param {readonly object[]} depConstraints */
const boundaries = (depConstraints) => ({
  '@nx/enforce-module-boundaries': ['error', {allow: [], banTransitiveDependencies: false, depConstraints}],
});
const code = ['**/*.{ts,mjs,js}'];
const specs = [
  '**/*.spec.ts',
  '**/*.int-spec.ts',
  '**/*.e2e-spec.ts',
  '**/*.contract.ts',
  '**/testing/**/*.ts',
  '{apps,libs}/*/test/**/*.ts',
  'libs/testkit/**/*.ts',
  'test/**/*.ts',
  // Play a platform out of test support; part of no image.
  'tools/taste/*.ts',
  'bench/src/{chain,evm,ledger,rows}/*.ts',
];
const domain = ['libs/{consent,envelope,ledger-state,proofs,light-client}/src/**/*.ts'];
const local = {
  rules: {
    'kebab-case-file-name': kebabCaseFileName,
    'messages-are-built': messagesAreBuilt,
    'no-dump-names': noDumpNames,
    'issue-in-todo': issueInTodo,
  },
};

// Flat configuration replaces a rule's options instead of merging them: one object per rule and set of files.
export default [
  {ignores: ['**/node_modules/**', '**/dist/**', '**/gen/**', 'var/**', 'test/canary/**', '.nx/**']},
  ...tseslint.configs.strictTypeChecked.map((config) => ({...config, files: code})),
  {
    files: code,
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {project: './tsconfig.json', tsconfigRootDir: import.meta.dirname},
    },
    plugins: {'@nx': nx, local},
    rules: {
      ...boundaries([...layers, ...hosts]),
      'local/kebab-case-file-name': 'error',
      'local/messages-are-built': 'error',
      'local/no-dump-names': 'error',
      'local/issue-in-todo': 'error',
      'max-lines': ['error', {max: 400, skipBlankLines: true, skipComments: true}],
      'max-params': ['error', 4],
      complexity: ['error', 12],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {selector: 'ExportDefaultDeclaration', message: 'Export by name.'},
        {selector: 'ExportAllDeclaration', message: 'Name what you export.'},
      ],
      'no-restricted-imports': ['error', {patterns: ['@vitalvault/*/testing']}],
      'no-restricted-properties': [
        'error',
        {object: 'process', property: 'env', message: 'Read the environment in config.ts only.'},
      ],
      '@typescript-eslint/no-non-null-assertion': 'error',
      // {field: _, ...rest} leaves a field out.
      '@typescript-eslint/no-unused-vars': ['error', {ignoreRestSiblings: true}],
      '@typescript-eslint/no-extraneous-class': ['error', {allowWithDecorator: true}],
      // These five do not fit the workspace (type information of generated and decorated code): tried, see
      // docs/adr/0001.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-unnecessary-type-arguments': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      // Protobuf enums are numbers from the wire; their range is checked where they are decoded.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', {allowNumber: true, allowBoolean: true}],
      '@typescript-eslint/no-confusing-void-expression': ['error', {ignoreArrowShorthand: true}],
    },
  },
  // Fixtures are captured from real engines, by a program that no library holds.
  {files: ['libs/*/testdata/*.ts'], rules: {'@nx/enforce-module-boundaries': 'off', 'no-restricted-imports': 'off'}},
  // Plain JavaScript has its types in comments, and what it parses has none.
  {files: ['**/*.{mjs,js}'], rules: tseslint.configs.disableTypeChecked.rules},
  {
    files: ['{,.}*.{mjs,js}'],
    rules: {'no-restricted-syntax': 'off', 'no-restricted-properties': 'off', 'local/kebab-case-file-name': 'off'},
  },
  {
    files: ['**/config.ts', 'apps/{cli,launcher}/**/*.ts', 'libs/testkit/**/*.ts', 'tools/**', 'test/k8s/*/main.mjs'],
    rules: {'no-restricted-properties': 'off'},
  },
  {
    files: [
      'apps/{cli,launcher}/src/**/*.ts',
      'tools/**',
      'bench/src/{*,chain/serve-unverified}.ts',
      'test/{second-client,checker}/*.ts',
      'test/k8s/*/main.mjs',
    ],
    rules: {'no-console': 'off'},
  },
  {
    files: specs,
    rules: {
      ...boundaries(withTestkit),
      'max-params': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-properties': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  // Tools, figures and tests of the whole look into every project.
  {
    files: ['tools/**', 'bench/src/**', 'test/*/**'],
    ignores: ['test/story/**'],
    rules: {'@nx/enforce-module-boundaries': 'off', 'no-restricted-imports': 'off'},
  },
  {
    files: domain,
    ignores: specs,
    rules: {
      'no-restricted-globals': [
        'error',
        'Date',
        'process',
        'performance',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'fetch',
        'crypto',
        'Buffer',
        'Intl',
        'WeakRef',
        'FinalizationRegistry',
      ],
      'no-restricted-properties': ['error', {object: 'Math', property: 'random'}],
      'no-restricted-imports': ['error', {patterns: ['node:*', 'fs', 'os', 'path', 'crypto', '@vitalvault/*/testing']}],
    },
  },
  {
    files: ['libs/ledger-state/src/**/*.ts', 'libs/consent/src/**/*.ts'],
    ignores: specs,
    rules: {
      'no-restricted-syntax': [
        'error',
        {selector: 'ExportDefaultDeclaration', message: 'Export by name.'},
        {selector: 'ExportAllDeclaration', message: 'Name what you export.'},
        {selector: 'ForInStatement', message: 'The order of object keys is no consensus order.'},
        {selector: "MemberExpression[object.name='JSON']", message: 'JSON is not canonical.'},
        {selector: "CallExpression[callee.name='parseFloat']", message: 'No floats in consensus code.'},
        {selector: "BinaryExpression[operator='/']", message: 'Divide bigints only, in a function that says so.'},
        {
          selector: 'MemberExpression[property.name=/^(localeCompare|toLocale.*|normalize)$/]',
          message: 'Depends on the locale or the Unicode version.',
        },
        {selector: 'AwaitExpression', message: 'No await between read and write of state.'},
      ],
    },
  },
];
