import {LaunchError} from '../launch-error.js';
import {IPFS_PEERS} from './ports.js';

export const SERVICES = ['policy', 'notify', 'storage', 'ingest'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Programs that watch a system and are no part of it; `zipkin-feed` gives spans to Zipkin. */
export const OBSERVERS = ['zipkin', 'zipkin-feed', 'alertmanager', 'prometheus'] as const;
export type ObserverName = (typeof OBSERVERS)[number];

const count = (n: number) => Array.from({length: n}, (_, i) => i);
const validator = (i: number) => [`abci-${String(i)}`, `comet-${String(i)}`];
const ipfs = (i: number) => [`kubo-${String(i)}`, `cluster-${String(i)}`];

/** Every process that there may be, in the order in which they are started; stopped in the reverse order. */
export function processNames(validators: number): string[] {
  return [...OBSERVERS, ...systemNames(validators)];
}

function systemNames(validators: number): string[] {
  return [
    'otel',
    'kafka',
    'postgres',
    ...count(IPFS_PEERS).map((i) => `kubo-${String(i)}`),
    ...count(IPFS_PEERS).map((i) => `cluster-${String(i)}`),
    ...count(validators).map((i) => `abci-${String(i)}`),
    ...count(validators).map((i) => `comet-${String(i)}`),
    ...SERVICES,
  ];
}

/** Names that stand for several processes. */
export function processGroups(validators: number): Map<string, string[]> {
  const groups = new Map<string, string[]>([
    ['all', systemNames(validators)],
    ['observers', [...OBSERVERS]],
    ['engines', ['otel', 'kafka', 'postgres', ...count(IPFS_PEERS).flatMap(ipfs)]],
    ['ipfs', count(IPFS_PEERS).flatMap(ipfs)],
    ['validators', count(validators).flatMap(validator)],
    ['services', [...SERVICES]],
  ]);
  for (const i of count(IPFS_PEERS)) groups.set(`ipfs-${String(i)}`, ipfs(i));
  for (const i of count(validators)) groups.set(`validator-${String(i)}`, validator(i));
  return groups;
}

/**
 * Process names for a comma-separated list of process and group names, in start order, each once.
 * @returns the names that mean nothing under `unknown`.
 */
export function expandNames(list: string, validators: number): {names: string[]; unknown: string[]} {
  const all = processNames(validators);
  const groups = processGroups(validators);
  const wanted = new Set<string>();
  const unknown: string[] = [];
  for (const word of list
    .split(',')
    .map((w) => w.trim())
    .filter((w) => w !== '')) {
    if (all.includes(word)) wanted.add(word);
    else if (groups.has(word)) for (const name of groups.get(word) ?? []) wanted.add(name);
    else unknown.push(word);
  }
  return {names: all.filter((name) => wanted.has(name)), unknown};
}

/**
 * The names with the other half of each validator: CometBFT ends when its application does and cannot begin without it.
 */
export function withOtherHalves(names: string[], validators: number): string[] {
  const halves = names.map((name) => /^(?:comet|abci)-(\d+)$/.exec(name)?.[1]).filter((i) => i !== undefined);
  return expandNames([...names, ...halves.map((i) => `validator-${i}`)].join(','), validators).names;
}

/** @throws LaunchError that lists what could have been meant. */
export function namesFor(list: string, validators: number): string[] {
  const {names, unknown} = expandNames(list, validators);
  if (unknown.length === 0 && names.length > 0) return names;
  const groups = [...processGroups(validators).keys()].join(' ');
  throw new LaunchError(
    `There is no process or group ${unknown.map((n) => `"${n}"`).join(', ')}.\nProcesses: ${expandNames('all', validators).names.join(' ')}\nGroups: ${groups}`,
  );
}
