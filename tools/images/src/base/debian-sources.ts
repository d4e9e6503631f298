export interface DebianSources {
  /** At most one: where debootstrap is to fetch from. */
  mirror: string[];
  /** Lines of sources.list: the suite, its updates and its security updates. */
  lines: string[];
}

/**
 * Where this machine itself fetches Debian's packages from, mirrors included; nothing if it runs another release, and
 * debootstrap's own choice is taken.
 *
 * @param targets lines of `apt-get indextargets`: created by, URI, codename, origin
 */
export function debianSources(targets: string, suite: string): DebianSources {
  const found = new Map<string, string>();
  for (const line of targets.split('\n')) {
    const [kind, uri = '', codename = '', origin] = line.split(' ');
    if (
      kind === 'Packages' &&
      origin === 'Debian' &&
      (codename === suite || codename.startsWith(`${suite}-`)) &&
      !found.has(codename)
    )
      found.set(codename, uri);
  }
  const main = found.get(suite);
  if (main === undefined) return {mirror: [], lines: []};
  return {mirror: [main], lines: [...found].map(([codename, uri]) => `deb ${uri} ${codename} main`)};
}
