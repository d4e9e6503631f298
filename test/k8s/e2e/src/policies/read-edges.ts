import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parse} from 'yaml';
import {REPOSITORY} from '#cluster/config.js';
import type {Edges} from './edges.js';

/** The architecture as it is written down. */
export async function readEdges(): Promise<Edges> {
  return parse(await readFile(join(REPOSITORY, 'deploy/helm/edges.yaml'), 'utf8')) as Edges;
}
