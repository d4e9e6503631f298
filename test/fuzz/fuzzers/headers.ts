import {toHex} from '@vitalvault/contracts';
import {parseGenesis, verifySignedHeader} from '@vitalvault/light-client';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {pick} from '../fuzzer.js';
import type {Fuzzer, Next} from '../fuzzer.js';
import {changedText} from './changed-text.js';

type Json = Record<string, Record<string, unknown>>;
const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../libs/light-client/testdata', `${name}.json`), 'utf8');

/** A header's text changed, or a field exchanged for one of another block. */
function changed(text: string, others: readonly string[], next: Next): string {
  if (next(4) > 0) return changedText(text, next);
  const [mine, theirs] = [JSON.parse(text), JSON.parse(pick(next, others))] as [Json, Json];
  const part = pick(next, ['header', 'commit']);
  const field = pick(next, Object.keys(mine[part] ?? {}));
  return JSON.stringify({...mine, [part]: {...mine[part], [field]: theirs[part]?.[field]}});
}

export const headers: Fuzzer = {
  name: 'verifySignedHeader',
  never: 'an exception, or a changed header that is taken for another than it is',
  batch: 500,
  quick: 5_000,
  reaches: ['refused', 'the same header'],
  open: (next) => {
    const [trust, truth] = [parseGenesis(fixture('genesis')), fixture('block-3')];
    const others = [1, 2, 3, 4, 5].map((n) => fixture(`block-${n}`));
    const hash = (text: string): string | undefined => {
      const verdict = verifySignedHeader(text, trust, 'any-time');
      return verdict.ok ? toHex(verdict.header.hash) : undefined;
    };
    const expected = hash(truth);
    return {
      input: () => {
        const found = hash(changed(truth, others, next));
        if (found === undefined) return 'refused';
        if (found !== expected) throw new Error(`header ${found} accepted`);
        return 'the same header';
      },
    };
  },
};
