import type {Component} from './bom.js';

/** What `dpkg-query -W -f` must be asked for. */
export const DPKG_FORMAT = '${Package}\\t${Version}\\t${Architecture}\\t${db:Status-Status}\\n';

/** @param output lines in DPKG_FORMAT. @throws Error if there is none */
export function debianComponents(output: string): Component[] {
  const components = output
    .split('\n')
    .filter((line) => line.endsWith('\tinstalled'))
    .map((line): Component => {
      const [name = '', version = '', architecture = ''] = line.split('\t');
      const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-12`;
      return {type: 'library', 'bom-ref': purl, name, version, purl};
    });
  if (components.length === 0) throw new Error('the base names no Debian packages');
  return components;
}
