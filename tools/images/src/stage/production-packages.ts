/** What package-lock.json says about one installed package; only what is used here. */
export interface LockedPackage {
  version?: string;
  integrity?: string;
  license?: string;
  link?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, {optional?: boolean}>;
  os?: string[];
  cpu?: string[];
  libc?: string[] | string;
}

export type Lock = Readonly<Record<string, LockedPackage>>;

export interface Platform {
  os: string;
  cpu: string;
  libc: string;
}

/**
 * Paths (`node_modules/a/node_modules/b`) of the packages that the root and the given workspaces need at run time:
 * their dependencies, and peers that are not optional. npm's own `--omit=dev` keeps optional peers too (the command
 * line of Prisma with its studio, some 60 packages), and `npm sbom --omit dev` leaves out packages that tools need as
 * well.
 *
 * @param workspaces paths like `libs/sdk`
 * @throws Error that names a package which the lock file lacks
 */
export function productionPackages(lock: Lock, workspaces: readonly string[], platform: Platform): string[] {
  const found = new Set<string>();
  const open = ['', ...workspaces];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const entry = lock[path];
    if (entry === undefined) throw new Error(`package-lock.json has no ${path}`);
    for (const [name, optional] of neededBy(entry)) {
      const target = resolve(lock, path, name);
      if (target === undefined) {
        if (optional) continue;
        throw new Error(`package-lock.json has no ${name}, which ${path || 'the root'} needs`);
      }
      const package_ = lock[target];
      if (found.has(target) || package_ === undefined || package_.link === true || !fits(package_, platform)) continue;
      found.add(target);
      open.push(target);
    }
  }
  return [...found].sort();
}

function neededBy(entry: LockedPackage): Map<string, boolean> {
  const needed = new Map<string, boolean>();
  for (const name of Object.keys(entry.peerDependencies ?? {}))
    if (entry.peerDependenciesMeta?.[name]?.optional !== true) needed.set(name, false);
  for (const name of Object.keys(entry.dependencies ?? {})) needed.set(name, false);
  for (const name of Object.keys(entry.optionalDependencies ?? {})) needed.set(name, true);
  return needed;
}

/** Node's own search: beside, then in every folder above. */
function resolve(lock: Lock, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '') {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lock[path] !== undefined) return path;
    if (folder === '') return undefined;
  }
}

function fits(package_: LockedPackage, platform: Platform): boolean {
  const allows = (list: string[] | string | undefined, value: string) =>
    list === undefined || [list].flat().includes(value);
  return allows(package_.os, platform.os) && allows(package_.cpu, platform.cpu) && allows(package_.libc, platform.libc);
}

/** `@scope/name` of an installed path. */
export function packageName(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
