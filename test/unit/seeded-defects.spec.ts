import {describe, expect, it} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {DEFECTS} from '../chaos/defects/defects.js';
import {ROOT, patched} from '../chaos/defects/seeded-tree.js';
import {LATER_VERSION} from '../chaos/later-version.js';

describe('the seeded defects, which are the test of the checker', () => {
  const later = {what: 'a later version', patches: LATER_VERSION};

  it.each([...DEFECTS, later])('$what: fits the code as it is', ({patches}) => {
    const sources = new Map<string, string>();
    for (const patch of patches) {
      const source = sources.get(patch.file) ?? readFileSync(join(ROOT, patch.file), 'utf8');
      sources.set(patch.file, patched(patch, source));
    }
    expect(sources.size).toBeGreaterThan(0);
  });

  it('refuses a patch that fits nowhere, or twice', () => {
    expect(() => patched({file: 'x', old: 'b', new: 'c'}, 'a')).toThrow('0 times');
    expect(() => patched({file: 'x', old: 'a', new: 'c'}, 'a a')).toThrow('2 times');
  });
});
