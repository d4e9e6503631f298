// The chart's checks; `make test` runs them. A line for each; the last line is {passed, failed}. `--write` renders
// examples and images.txt anew first.
import {spawnSync} from 'node:child_process';
import type {SpawnSyncReturns} from 'node:child_process';
import {mkdir, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {Ajv} from 'ajv';
import {parse} from 'yaml';
import {TOPICS, TOPIC_USERS} from '@vitalvault/contracts';
import {allowedEdges, waysOut} from './chart/network-edges.ts';
import {imagesOf, imagesText} from './chart/images.ts';
import {brokenNameRules} from './chart/name-rules.ts';
import {CHART, REPOSITORY} from './chart/paths.ts';
import {brokenPodRules} from './chart/pod-rules.ts';
import {podsOf} from './chart/pods.ts';
import {byTemplate, chartEngines, examples, objectsOf, rendered} from './chart/render.ts';
import {typedInVain} from './chart/runbook-commands.ts';
import {LOCATION, schemaStore} from './chart/schema-store.ts';
import {chartTexts} from './generate-chart.ts';

type Values = Record<string, unknown>;

const engines = chartEngines();
const cases = examples()
  .map((example) => ({...example, text: rendered(engines.helm, example.options)}))
  .map((example) => ({...example, objects: objectsOf(example.text)}));
const [dev, small, ha] = [called('dev'), called('small'), called('ha')];
const counts = {passed: 0, failed: 0};

if (process.argv.includes('--write')) await write();

function called(name: string): (typeof cases)[number] {
  const found = cases.find((example) => example.name === name);
  if (found === undefined) throw new Error(`the chart has no example ${name}`);
  return found;
}

/** @param faults lines of what is wrong; none: the sentence holds */
function holds(sentence: string, faults: Iterable<string>): void {
  const lines = [...faults];
  counts[lines.length === 0 ? 'passed' : 'failed'] += 1;
  console.log(`${lines.length === 0 ? 'ok  ' : 'FAIL'} ${sentence}`);
  for (const line of lines.slice(0, 20)) console.log(`       ${line}`);
}

async function write(): Promise<void> {
  for (const {directory, text} of cases) {
    await rm(join(directory, 'rendered'), {recursive: true, force: true});
    for (const [file, content] of byTemplate(text)) {
      const path = join(directory, 'rendered', file);
      await mkdir(dirname(path), {recursive: true});
      await writeFile(path, content);
    }
  }
  await writeFile(join(CHART, 'images.txt'), imagesText(dev.objects));
}

const tool = (name: keyof typeof engines, args: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(engines[name], args, {encoding: 'utf8', cwd: REPOSITORY, maxBuffer: 64 * 1024 * 1024});
const failure = ({status, stdout, stderr}: SpawnSyncReturns<string>): string[] =>
  status === 0 ? [] : `${stdout}${stderr}`.trim().split('\n');

const stale: string[] = [];
for (const [path, text] of Object.entries(await chartTexts()))
  if ((await readFile(join(REPOSITORY, path), 'utf8').catch(() => '')) !== text) stale.push(path);
holds('what is generated of the chart is current (npm run generate)', stale);

const values = parse(await readFile(join(CHART, 'values.yaml'), 'utf8')) as Values;
const validate = new Ajv({allErrors: true, strict: false, formats: {uri: true}}).compile(
  JSON.parse(await readFile(join(CHART, 'values.schema.json'), 'utf8')) as object,
);
const described = (given: unknown, name: string): string[] =>
  validate(given)
    ? []
    : (validate.errors ?? []).map(({instancePath, message = ''}) => `${name}${instancePath}: ${message}`);
const profiles = (await readdir(CHART)).filter((name) => /^values-.*\.yaml$/.test(name));
holds('values.yaml and every profile fit the schema', [
  ...described(values, 'values.yaml'),
  ...(
    await Promise.all(profiles.map(async (name) => described(parse(await readFile(join(CHART, name), 'utf8')), name)))
  ).flat(),
]);
holds(
  'the schema knows a misspelt value at every level',
  misspelt(values)
    .filter(({given}) => validate(given))
    .map(({path}) => `accepted: ${path}`),
);

for (const name of ['helm', 'helm4'] as const)
  holds(
    `${name} lint`,
    failure(
      tool(name, ['lint', '--strict', '--kube-version', 'v1.34.3', CHART, '--values', join(CHART, 'values-dev.yaml')]),
    ),
  );
for (const {name, options, text, objects, directory} of cases) {
  const other = rendered(engines.helm4, options);
  holds(`example ${name}: Helm 3 and Helm 4 render the same bytes`, differences(byTemplate(text), byTemplate(other)));
  holds(
    `example ${name}: rendered/ is what the chart renders (npm run generate:chart)`,
    differences(byTemplate(text), await committed(join(directory, 'rendered'))),
  );
  holds(`example ${name}: every pod keeps to restricted and to our rules`, brokenPodRules(objects));
  holds(`example ${name}: names and labels are valid, every reference leads somewhere`, brokenNameRules(objects));
}
for (const release of ['a', 'x'.repeat(53), `${'long-name-'.repeat(5)}end`]) {
  holds(
    `a release called ${release} has valid names`,
    brokenNameRules(objectsOf(rendered(engines.helm, {...dev.options, release}))),
  );
}

const store = await schemaStore();
for (const version of store.versions) {
  const args = ['-strict', '-kubernetes-version', version, '-schema-location', join(store.directory, LOCATION)];
  const faults = cases.flatMap(({name, text}) =>
    failure(spawnSync(engines.kubeconform, args, {input: text, encoding: 'utf8'})).map((line) => `${name}: ${line}`),
  );
  holds(`every object of every example fits the schemas of Kubernetes ${version}`, faults);
}

holds(
  'images.txt names every image that the chart may run, and no other',
  (await readFile(join(CHART, 'images.txt'), 'utf8').catch(() => '')) === imagesText(dev.objects)
    ? []
    : ['stale (npm run generate:chart)'],
);
const listed = new Set(imagesOf(dev.objects));
const strangers = cases
  .filter(({name}) => name !== 'small')
  .flatMap(({name, objects}) =>
    imagesOf(objects)
      .filter((image) => !listed.has(image))
      .map((image) => `${name}: ${image}`),
  );
holds('no example runs an image that images.txt does not name', strangers);
holds(
  'global.imageRegistry moves every image',
  imagesOf(small.objects).filter((image) => !image.startsWith('registry.hospital.example/mirror/')),
);

const edges = parse(await readFile(join(CHART, 'edges.yaml'), 'utf8')) as {
  edges: readonly {from: string; to: string; port: number}[];
};
for (const {name, objects} of cases) {
  const open = allowedEdges(objects, [5001, 9093, 13_133]);
  const there = new Set(podsOf(objects).map(({labels}) => labels['app.kubernetes.io/component'] ?? ''));
  const wanted = new Set(
    edges.edges
      .filter(({from, to}) => there.has(from) && there.has(to))
      .map(({from, to, port}) => `${from} ${to} ${String(port)}`),
  );
  holds(
    `example ${name}: the network policies open every edge of edges.yaml`,
    [...wanted].filter((edge) => !open.has(edge)),
  );
  holds(
    `example ${name}: the network policies open no other edge`,
    [...open].filter((edge) => !wanted.has(edge)),
  );
}
holds(
  'out of the release lead DNS, and for the installer alone the Kubernetes API',
  waysOut(dev.objects).filter(
    (line) =>
      !/^\* \{"namespaceSelector".*kube-system.* 53$|^installer \{"ipBlock":\{"cidr":"0\.0\.0\.0\/0"\}\} 443,6443$/.test(
        line,
      ),
  ),
);

holds(
  'what an operator keeps data by stays when the release goes, whole',
  ha.objects
    .filter(({apiVersion}) => /^(kafka\.strimzi\.io|postgresql\.cnpg\.io)\//.test(apiVersion))
    .filter(({metadata}) => metadata.annotations?.['helm.sh/resource-policy'] !== 'keep')
    .map(({kind, metadata}) => `${kind} ${metadata.name}`),
);
holds(
  'Ingress and HTTPRoute lead to the public port of a service, and nowhere else',
  [...small.objects, ...ha.objects]
    .filter(({kind}) => kind === 'Ingress' || kind === 'HTTPRoute')
    .flatMap(({kind, spec}) => doorsOf(spec).map((door) => `${kind} ${door}`))
    .filter((door) => !/^\w+ vv-vitalvault-(?:ingest|policy|storage|notify):(?:http|8080)$/.test(door)),
);

const topics = ha.objects
  .filter(({kind}) => kind === 'KafkaTopic')
  .map(({spec}) => spec?.topicName)
  .sort();
holds(
  'Strimzi gets exactly the topics of the protocol',
  JSON.stringify(topics) === JSON.stringify(Object.values(TOPICS).sort()) ? [] : [topics.join(' ')],
);

/** Rights to look only: whoever writes or reads a topic needs them beside. */
const LOOKS = ['Describe', 'DescribeConfigs'];
/** One line for each right of a user on Kafka: `service operation topic`, or `service group name`. */
const granted = ha.objects
  .filter(({kind}) => kind === 'KafkaUser')
  .flatMap(({metadata, spec}) => {
    const service = metadata.name.split('-').at(-1) ?? '';
    const {acls} = (
      spec as {
        authorization: {
          acls: {resource: Readonly<Record<'type' | 'name' | 'patternType', string>>; operations: string[]}[];
        };
      }
    ).authorization;
    return acls.flatMap(({resource: {type, name, patternType}, operations}) =>
      operations.filter((one) => !LOOKS.includes(one)).map((one) => `${service} ${one} ${type} ${patternType} ${name}`),
    );
  });
const meant = Object.entries(TOPIC_USERS).flatMap(([topic, {write, read}]) => [
  ...write.map((service) => `${service} Write topic literal ${topic}`),
  ...read.flatMap((service) => [
    `${service} Read topic literal ${topic}`,
    `${service} Read group prefix vv-${service}`,
  ]),
]);
holds('each Kafka user may write and read exactly its topics', [
  ...granted.filter((right) => !meant.includes(right)).map((right) => `may, and needs not: ${right}`),
  ...meant.filter((right) => !granted.includes(right)).map((right) => `may not: ${right}`),
]);
const install = await readFile(join(REPOSITORY, 'docs', 'operations', 'install.md'), 'utf8');
holds(
  'install.md names the same rights',
  Object.entries(TOPIC_USERS)
    .map(([topic, {write, read}]) => `| \`${topic}\` | ${write.join(', ')} | ${read.join(', ')} |`)
    .filter((row) => !install.includes(row)),
);

const runbooks = join(REPOSITORY, 'docs', 'operations', 'runbooks');
const texts = new Map<string, string>();
for (const file of await readdir(runbooks)) texts.set(file, await readFile(join(runbooks, file), 'utf8'));
holds(
  'what the runbooks have somebody type names what is there',
  typedInVain({functions: texts.get('README.md') ?? '', pages: texts}, dev.objects, await sourceOfPrograms()),
);

unitTests();
console.log(JSON.stringify(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;

/** helm-unittest's own tests, each counted. */
function unitTests(): void {
  const {status, stdout, stderr} = tool('helm-unittest', ['--file', '../tests/*_test.yaml', CHART]);
  const [, failed = '0', passed = '0'] = /Tests: +(?:(\d+) failed, )?(?:\d+ errored, )?(\d+) passed/.exec(stdout) ?? [];
  holds('helm-unittest', status === 0 && Number(passed) > 0 ? [] : `${stdout}${stderr}`.split('\n'));
  counts.passed += Number(passed);
  counts.failed += Number(failed);
  console.log(`     helm-unittest: ${passed} passed, ${failed} failed`);
}

/** Texts of our programs, in one. */
async function sourceOfPrograms(): Promise<string> {
  const args = ['ls-files', '--', 'apps/*/src/**.ts', 'libs/*/src/**.ts', ':!*.spec.ts'];
  const files = spawnSync('git', args, {encoding: 'utf8', cwd: REPOSITORY}).stdout.split('\n').filter(Boolean);
  return (await Promise.all(files.map((file) => readFile(join(REPOSITORY, file), 'utf8')))).join('\n');
}

/** `service:port` of every backend that an Ingress or HTTPRoute names. */
function doorsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(doorsOf);
  if (!isMap(node)) return [];
  const {service, backendRefs} = node as {
    service?: {name: string; port: {name?: string; number?: number}};
    backendRefs?: {name: string; port: number}[];
  };
  return [
    ...(service === undefined ? [] : [`${service.name}:${String(service.port.name ?? service.port.number)}`]),
    ...(backendRefs ?? []).map(({name, port}) => `${name}:${String(port)}`),
    ...Object.values(node).flatMap(doorsOf),
  ];
}

function differences(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((file) => one.get(file) !== other.get(file));
}

async function committed(directory: string): Promise<Map<string, string>> {
  const entries = await readdir(directory, {recursive: true, withFileTypes: true}).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.map(async (file) => [file.slice(directory.length + 1), await readFile(file, 'utf8')] as const),
    ),
  );
}

/** The values with one unknown key more, at each place where the chart owns the keys. */
function misspelt(all: Values): {path: string; given: Values}[] {
  const foreign = new Set(['global', 'commonLabels']);
  const made: {path: string; given: Values}[] = [];
  const walk = (node: unknown, path: readonly string[]): void => {
    if (!isMap(node) || foreign.has(path[0] ?? '') || Object.keys(node).length === 0) return;
    if (['requests', 'limits'].includes(path.at(-1) ?? '')) return;
    const given = structuredClone(all);
    let place: Values = given;
    for (const key of path) place = place[key] as Values;
    place.noSuchValue = {};
    made.push({path: [...path, 'noSuchValue'].join('.'), given});
    for (const key of Object.keys(node)) walk(node[key], [...path, key]);
  };
  walk(all, []);
  return made;
}

function isMap(node: unknown): node is Values {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}
