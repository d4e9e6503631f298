import type {Component} from './bom.js';

export interface GoModule {
  path: string;
  version: string;
  sum?: string;
}

/**
 * Modules that a Go binary says it was built from: lines of `go version -m`. A replaced module is what replaced it. The
 * main module is our own folder with the pin, not a component.
 */
export function goModules(versionOutput: string): {toolchain: string; modules: GoModule[]} {
  const lines = versionOutput.split('\n');
  const modules: GoModule[] = [];
  for (const line of lines) {
    const [, kind, path = '', version = '', sum] = /^\t(dep|=>)\t(\S+)\t(\S+)(?:\t(\S+))?/.exec(line) ?? [];
    if (kind === '=>') modules.pop();
    if (kind !== undefined) modules.push({path, version, ...(sum === undefined ? {} : {sum})});
  }
  return {toolchain: /: go(\S+)/.exec(lines[0] ?? '')?.[1] ?? '', modules};
}

/** @throws Error if the output is not that of a Go binary */
export function goComponents(versionOutput: string): Component[] {
  const {toolchain, modules} = goModules(versionOutput);
  if (toolchain === '' || modules.length === 0) throw new Error('go version -m tells no modules of this binary');
  const standard: GoModule = {path: 'std', version: toolchain};
  return [standard, ...modules].map(({path, version, sum}) => {
    const purl = `pkg:golang/${path}@${encodeURIComponent(version)}`;
    return {
      type: 'library',
      'bom-ref': purl,
      name: path,
      version,
      purl,
      ...(sum === undefined ? {} : {properties: [{name: 'go.sum', value: sum}]}),
    };
  });
}
