import {packageName} from '../stage/production-packages.js';
import type {Lock} from '../stage/production-packages.js';
import type {Component} from './bom.js';
import {licensesOf} from './licenses-of.js';

/**
 * Components of the packages that the image holds. A package that is installed twice in one version is one component.
 */
export function npmComponents(lock: Lock, paths: readonly string[]): Component[] {
  const components = new Map<string, Component>();
  for (const path of paths) {
    const {version = '', integrity, license} = lock[path] ?? {};
    const name = packageName(path);
    const purl = `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;
    components.set(purl, {
      type: 'library',
      'bom-ref': purl,
      name,
      version,
      purl,
      ...hashOf(integrity),
      ...licensesOf(license),
    });
  }
  return [...components.values()];
}

function hashOf(integrity: string | undefined): Pick<Component, 'hashes'> {
  const [, base64] = /^sha512-(.+)$/.exec(integrity ?? '') ?? [];
  return base64 === undefined
    ? {}
    : {hashes: [{alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex')}]};
}
