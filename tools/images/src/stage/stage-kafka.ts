import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {REPOSITORY} from '../config.js';
import {run} from '../run.js';
import type {Component} from '../sbom/bom.js';
import {mavenComponents} from '../sbom/maven-components.js';
import {copyTree} from './copy-tree.js';
import type {StageContext} from './recipe.js';

/** The jars that `make build` fetched and checked. Their licences are inside them, as Maven's conventions have it. */
export async function stageKafka(build: string, {root}: StageContext): Promise<Component[]> {
  await copyTree(join(build, 'lib'), join(root, 'opt/kafka/lib'));
  const list = join(root, '..', 'dependencies.txt');
  await run('mvn', [
    '-B',
    '-q',
    '-f',
    join(build, 'pom.xml'),
    'dependency:list',
    '-DincludeScope=runtime',
    `-DoutputFile=${list}`,
  ]);
  return mavenComponents(
    await readFile(list, 'utf8'),
    await readFile(join(REPOSITORY, 'engines/kafka/jars.sha256'), 'utf8'),
  );
}
