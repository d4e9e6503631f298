import {beforeAll, describe, expect, it} from '@jest/globals';
import {existsSync} from 'node:fs';
import {readFile, readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {REPOSITORY} from '../config.js';
import {importedLibraries, isShipped} from './shipped-file.js';
import {APPS} from './stage-app.js';

/** Words of the demo, in names of files: it lies, forges, breaks and looks into disks. */
const DEMO = /^(story|stage|tampering|tampered|forged|forger|lie|lies|lying|kubectl|needle|needles|planted|scratch)$/;
/** What takes hold of engines and other programs. */
const GRIPS = /from '(kafkajs|pg|node:child_process)'|import\('(kafkajs|pg|node:child_process)'\)/;
/** Starts kubectl, to run a service's own program beside it. */
const OPS = 'apps/cli/ops/run-at-service.ts';

describe("the product's image", () => {
  const sources = new Map<string, string>();
  let projects: string[];

  // From the sources, as the stage goes through what is compiled of them.
  beforeAll(async () => {
    const found = new Set(APPS);
    for (const project of found) {
      const names = await readdir(join(REPOSITORY, project, 'src'), {recursive: true});
      for (const name of names.filter((file) => isShipped(file.replace(/\.ts$/, '.js')))) {
        const text = await readFile(join(REPOSITORY, project, 'src', name), 'utf8');
        sources.set(join(project, name), text);
        for (const library of importedLibraries(text)) found.add(library);
      }
    }
    projects = [...found];
  });

  it('holds programs of the product and libraries, neither the launcher nor the story nor the testkit', () => {
    expect(sources.size).toBeGreaterThan(300);
    expect(projects.filter((project) => !existsSync(join(REPOSITORY, project, 'package.json')))).toEqual([]);
    expect(projects).not.toContain('libs/testkit');
    expect(APPS).not.toContain('apps/launcher');
  });

  it('holds nothing that plays, lies, forges or searches', () => {
    expect([...sources.keys()].filter((path) => path.split(/[/.-]/).some((word) => DEMO.test(word)))).toEqual([]);
  });

  it('has a vv that takes hold of no engine and starts no program, but for `vv ops` where a service is', () => {
    const own = [...sources].filter(([path]) => path.startsWith('apps/cli/') && path !== OPS);
    expect(own.length).toBeGreaterThan(50);
    expect(own.filter(([, text]) => GRIPS.test(text)).map(([path]) => path)).toEqual([]);
  });
});
