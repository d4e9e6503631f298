import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/** One case of a Wycheproof file with its group's fields. */
export type WycheproofCase = Record<string, string | number> & {
  tcId: number;
  result: 'valid' | 'invalid' | 'acceptable';
  flags: string[];
  group: Record<string, never>;
};

const published = join(import.meta.dirname, '../../../test/vectors/published');

/** JSON of a published vector file, by its path below test/vectors/published. */
export function publishedJson(path: string): unknown {
  return JSON.parse(readFileSync(join(published, path), 'utf8'));
}

/** Every case of a Wycheproof file. */
export function wycheproof(file: string): WycheproofCase[] {
  const {testGroups, numberOfTests} = publishedJson(`wycheproof/${file}`) as {
    numberOfTests: number;
    testGroups: {tests: WycheproofCase[]}[];
  };
  const cases = testGroups.flatMap(({tests, ...group}) =>
    tests.map((test) => Object.assign({}, test, {group: group as Record<string, never>})),
  );
  if (cases.length !== numberOfTests) throw new Error(`${file}: ${cases.length} of ${numberOfTests} cases`);
  return cases;
}
