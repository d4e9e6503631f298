/**
 * Layer order inside every service: api|adapters -> application -> domain. The canary in test/canary proves that it
 * bites.
 */
const IN = '^(?:test/canary/cruise/)?apps/([^/]+)/src/';
export default {
  forbidden: [
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'domain/ imports only domain/ of its own app and domain or contract libraries',
      from: {path: IN + 'domain/'},
      to: {path: '^(?:test/canary/cruise/)?apps/$1/src/(application|adapters|api)/'},
    },
    {
      name: 'application-knows-ports-only',
      severity: 'error',
      from: {path: IN + 'application/', pathNot: '\\.(spec|int-spec)\\.ts$'},
      to: {path: '^(?:test/canary/cruise/)?apps/$1/src/(adapters|api)/'},
    },
    {
      name: 'domain-no-packages',
      severity: 'error',
      from: {path: IN + 'domain/', pathNot: '\\.spec\\.ts$'},
      to: {dependencyTypes: ['npm', 'npm-dev', 'core'], pathNot: '@noble/|@bufbuild/protobuf'},
    },
    {
      name: 'nest-stays-outside',
      severity: 'error',
      comment: 'application/ holds plain classes',
      from: {path: IN + 'application/', pathNot: '\\.spec\\.ts$'},
      to: {path: 'node_modules/@nestjs/'},
    },
    {
      name: 'apps-meet-through-proto',
      severity: 'error',
      from: {path: '^(?:test/canary/cruise/)?apps/([^/]+)/'},
      to: {path: '^(?:test/canary/cruise/)?apps/', pathNot: '^(?:test/canary/cruise/)?apps/$1/'},
    },
    {name: 'no-circular', severity: 'error', from: {}, to: {circular: true, viaOnly: {pathNot: 'node_modules|/gen/'}}},
  ],
  options: {
    tsConfig: {fileName: 'tsconfig.json'},
    tsPreCompilationDeps: true,
    doNotFollow: {path: 'node_modules'},
    exclude: {path: '(^|/)(dist|gen)/'},
    enhancedResolveOptions: {exportsFields: ['exports'], conditionNames: ['source', 'import', 'node', 'default']},
  },
};
