// Proves that the rules bite: each snippet must be refused by the rule that it breaks. A rule that nobody breaks in a
// test may be off without anybody noticing (nx's boundary rule is skipped silently when no project graph is cached).
import {ESLint} from 'eslint';
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..');
const CONSENT = 'libs/consent/src/index.ts';
const PROCESS = 'libs/process/src/index.ts';
const POSTGRES = 'libs/postgres/src/index.ts';
const BUS = 'libs/kafka-bus/src/index.ts';
const APP = 'libs/errors/src/index.ts';

const SNIPPETS: readonly (readonly [rule: string, file: string, code: string])[] = [
  [
    '@nx/enforce-module-boundaries',
    CONSENT,
    "import type {KafkaOptions} from '@vitalvault/kafka-bus';\nexport interface X { readonly y: KafkaOptions }\n",
  ],
  [
    '@nx/enforce-module-boundaries',
    CONSENT,
    "import type {Type} from '@nestjs/common';\nexport interface X { readonly y: Type }\n",
  ],
  [
    '@nx/enforce-module-boundaries',
    PROCESS,
    "import type {Type} from '@nestjs/common';\nexport interface X { readonly y: Type }\n",
  ],
  [
    '@nx/enforce-module-boundaries',
    POSTGRES,
    "import type {HttpService} from '@vitalvault/http';\nexport interface X { readonly y: HttpService }\n",
  ],
  [
    '@nx/enforce-module-boundaries',
    BUS,
    "import type {HttpService} from '@vitalvault/http';\nexport interface X { readonly y: HttpService }\n",
  ],
  ['no-restricted-globals', CONSENT, 'export const x = Date.now();\n'],
  ['no-restricted-globals', CONSENT, 'export const x = process.pid;\n'],
  ['no-restricted-properties', CONSENT, 'export const x = Math.random();\n'],
  ['no-restricted-imports', CONSENT, "import type {Stats} from 'node:fs';\nexport interface X { readonly y: Stats }\n"],
  [
    'no-restricted-imports',
    APP,
    "import {incomplete} from '@vitalvault/contracts/testing';\nexport const x = incomplete;\n",
  ],
  ['no-restricted-syntax', CONSENT, 'export const x = (v: unknown): string => JSON.stringify(v);\n'],
  ['no-restricted-syntax', CONSENT, 'export const x = (a: number, b: number): number => a / b;\n'],
  ['no-restricted-syntax', CONSENT, "export * from './index.js';\n"],
  ['no-restricted-syntax', CONSENT, 'export default 1;\n'],
  ['@typescript-eslint/no-explicit-any', CONSENT, 'export const x: any = 1;\n'],
  ['@typescript-eslint/no-non-null-assertion', CONSENT, 'export const x = (a: string | undefined): string => a!;\n'],
  ['max-params', CONSENT, 'export const x = (a: 1, b: 1, c: 1, d: 1, e: 1): number => a + b + c + d + e;\n'],
  ['max-lines', CONSENT, 'export const x = [\n' + '  1,\n'.repeat(401) + '];\n'],
  [
    'local/messages-are-built',
    CONSENT,
    "import {create} from '@bufbuild/protobuf';\nimport {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';\n" +
      'export const x = create(BodySchema, {version: 1});\n',
  ],
  ['local/kebab-case-file-name', 'libs/consent/src/NotKebab.ts', 'export const x = 1;\n'],
  ['complexity', CONSENT, `export const x = (a: number): number => ${'a > 1 ? 1 : '.repeat(12)}0;\n`],
  ['no-restricted-properties', 'apps/policy/src/application/settings.ts', 'export const x = process.env;\n'],
  ['local/no-dump-names', CONSENT, 'export class GrantManager { readonly x = 1; }\n'],
  ['local/issue-in-todo', CONSENT, '// TODO later\nexport const x = 1;\n'],
  ['no-console', APP, "console.log('x');\n"],
  ['@typescript-eslint/no-floating-promises', APP, 'void 0;\nPromise.resolve(1);\n'],
];
const CRUISE_RULES = [
  'domain-is-pure',
  'application-knows-ports-only',
  'domain-no-packages',
  'nest-stays-outside',
  'apps-meet-through-proto',
  'no-circular',
];

// With CI set, typescript-eslint reads every file once from disk and would not see the snippets that stand in for it.
process.env.TSESTREE_SINGLE_RUN = 'false';
// Only the rule in question runs: others, with type information, may break on code that cannot compile.
let asked = '';
const eslint = new ESLint({cwd: root, ruleFilter: ({ruleId}) => ruleId === asked});
// A file that is not there is in no program of the type checker, so its rules run without types.
const untyped = new ESLint({
  cwd: root,
  ruleFilter: ({ruleId}) => ruleId === asked,
  overrideConfig: {files: ['**/*.ts'], languageOptions: {parserOptions: {project: false}}},
});
const silent: string[] = [];
for (const [rule, file, code] of SNIPPETS) {
  asked = rule;
  const [result] = await (existsSync(join(root, file)) ? eslint : untyped).lintText(code, {filePath: join(root, file)});
  if (!result?.messages.some((m) => m.ruleId === rule && m.severity === 2))
    silent.push(`${rule}: ${code.slice(0, code.indexOf('\n'))}`);
}
const cruise = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
    '--config',
    '.dependency-cruiser.mjs',
    'test/canary/cruise',
    '--output-type',
    'err',
  ],
  {cwd: root, encoding: 'utf8'},
);
for (const rule of CRUISE_RULES) if (!cruise.stdout.includes(rule)) silent.push(`dependency-cruiser ${rule}`);

if (cruise.stdout === '') silent.push(`dependency-cruiser did not run: ${cruise.stderr}`);
const total = SNIPPETS.length + CRUISE_RULES.length;
if (silent.length > 0) {
  console.error(`canary: ${silent.length} of ${total} rules did not bite:\n  ${silent.join('\n  ')}`);
  process.exit(1);
}
console.log(`canary: all ${total} rules bite`);
