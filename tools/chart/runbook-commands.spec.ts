import type {KubernetesObject} from './kubernetes-object.ts';
import {typedInVain} from './runbook-commands.ts';

const container = (name: string, ...command: string[]) => ({name, image: name, command});
const set = (name: string, containers: object[], initContainers: object[] = []): KubernetesObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {name},
    spec: {template: {metadata: {labels: {part: name}}, spec: {containers, initContainers}}},
  }) as unknown as KubernetesObject;
const objects = [
  set('v-0', [container('comet', 'cometbft')], [container('abci', 'node', 'main.js')]),
  set('ipfs', [container('kubo', 'ipfs')]),
];
const functions =
  '```sh\nlook() { kubectl exec "statefulset/$1" --container abci -- node -e "x"; }\nlogs() { kubectl logs "statefulset/$1"; }\n```\n';
const inVain = (...commands: string[]): string[] =>
  typedInVain(
    {functions, pages: new Map([['p', `\`\`\`sh\n${commands.join('\n')}\n\`\`\``]])},
    objects,
    "warn('outbox waits')",
  );

it.each<[what: string, command: string, faults: string[]]>([
  ['a container that runs Node', 'look v-0', []],
  ['one that does not', 'kubectl exec statefulset/v-0 -- node -e x', ['statefulset/v-0 has no node in comet']],
  ['an object that is not there', 'look v-1', ['there is no statefulset/v-1']],
  ['a pod of a set', 'kubectl exec ipfs-2 --container kubo -- df -h', []],
  [
    'a container that is not there',
    'kubectl exec ipfs-2 --container cluster -- df',
    ['ipfs-2 has no container cluster'],
  ],
  ['a label that no pod has', 'kubectl get pods --selector part=kafka', ['no pod has part=kafka']],
  ['a label that one has', 'kubectl get pods --selector part=ipfs | tail', []],
  ['a label of an operator', 'kubectl get pods --selector strimzi.io/kind=Kafka', []],
  ['words of a log', "logs v-0 | grep 'outbox waits' | tail -5", []],
  ['words that no log has', "logs v-0 | grep -E 'outbox waits|outbox sleeps'", ['no log says outbox sleeps']],
])('%s', (_what, command, faults) => {
  expect(inVain(command)).toEqual(faults.map((fault) => `p: ${fault}`));
});

it('metrics of a program, by name and by label', () => {
  const look = (greps: string): string[] => inVain(`look() { :; }\nlook policy metrics | grep -E '${greps}'`);
  expect(look('follower_(height|block_age)|outbox')).toEqual([]);
  expect(look('transaction_duration_seconds_count|kind="revokeGrant"')).toEqual([]);
  expect(look('storage_backlog|outbox')).toEqual(['p: policy tells no metric storage_backlog']);
});

it('what is said not to be run is not', () => {
  const pages = new Map([['p', '<!-- not run: elsewhere -->\n```sh\nlook nobody\n```\n']]);
  expect(typedInVain({functions, pages}, objects, '')).toEqual([]);
});
