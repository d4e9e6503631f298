import type {Component} from './bom.js';

/**
 * @param list output of `mvn dependency:list`: `group:artifact:jar[:classifier]:version:scope`
 * @param sums lines of `sha256sum` of the jars that are in the image
 * @throws Error that names a jar whose origin Maven does not tell
 */
export function mavenComponents(list: string, sums: string): Component[] {
  const origins = new Map<string, {group: string; name: string; version: string}>();
  for (const line of list.split('\n')) {
    const [group = '', name = '', type, ...rest] = line.trim().split(' ')[0]?.split(':') ?? [];
    if (type !== 'jar' || rest.length < 2) continue;
    const version = rest[rest.length - 2] ?? '';
    const classifier = rest.length === 3 ? `-${rest[0] ?? ''}` : '';
    origins.set(`${name}-${version}${classifier}.jar`, {group, name, version});
  }
  return sums
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [jar, content] = [line.slice(66), line.slice(0, 64)];
      const origin = origins.get(jar);
      if (origin === undefined) throw new Error(`Maven does not say where ${jar} comes from`);
      const purl = `pkg:maven/${origin.group}/${origin.name}@${encodeURIComponent(origin.version)}`;
      return {type: 'library', 'bom-ref': `${purl}#${jar}`, ...origin, purl, hashes: [{alg: 'SHA-256', content}]};
    });
}
