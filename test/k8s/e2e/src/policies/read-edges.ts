import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parse} from 'yaml';
import {REPOSITORY} from '#cluster/config.js';
import type {Edges} from './edges.js';

const CHART = join(REPOSITORY, 'deploy/helm/vitalvault');

interface WrittenDown {
  edges: Edges['edges'];
  outside: {from: string; to: string}[];
}
interface Values {
  networkPolicy: Record<'dns' | 'apiServer', {ports: number[]}>;
}

/** The architecture as it is written down. Of the ways out the evaluation's values open two. */
export async function readEdges(): Promise<Edges> {
  const read = async (name: string): Promise<unknown> => parse(await readFile(join(CHART, name), 'utf8'));
  const {edges, outside} = (await read('edges.yaml')) as WrittenDown;
  const {dns, apiServer} = ((await read('values.yaml')) as Values).networkPolicy;
  const open = new Map([
    ['dns', dns.ports],
    ['kubernetes-api', apiServer.ports],
  ]);
  return {edges, outside: outside.map((way) => ({...way, ports: open.get(way.to) ?? []}))};
}
