import {toHex} from '@vitalvault/contracts';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseGenesis} from './genesis/parse-genesis.js';
import {verifySignedHeader} from './verify-light-block.js';

const SEED = 20_261_128;
const HEADERS = 5_000;
const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../testdata', `${name}.json`), 'utf8');
const trust = parseGenesis(fixture('genesis'));
const truth = fixture('block-3');

/** mulberry32 */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Text of a header with a character changed, cut out or doubled, or a field exchanged for one of another block. */
function changed(text: string, next: (below: number) => number): string {
  const at = next(text.length);
  const some = '0123456789ABCDEFabcdef+/="{}[]:,-.TZ'.charAt(next(36));
  const other = fixture(`block-${1 + next(5)}`);
  switch (next(4)) {
    case 0:
      return text.slice(0, at) + some + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + next(8));
    case 2:
      return text.slice(0, at) + text.slice(Math.max(0, at - next(40)));
    default: {
      const names = ['header', 'commit'];
      const [mine, theirs] = [JSON.parse(text), JSON.parse(other)] as Record<string, Record<string, unknown>>[];
      const part = names[next(2)] as string;
      const fields = Object.keys(mine?.[part] ?? {});
      const field = fields[next(fields.length)] as string;
      return JSON.stringify({...mine, [part]: {...mine?.[part], [field]: theirs?.[part]?.[field]}});
    }
  }
}

test('of changed headers none is taken for another than it is, and none makes the verifier throw', () => {
  const next = numbers(SEED);
  const hash = (text: string): string | undefined => {
    const verdict = verifySignedHeader(text, trust, 'any-time');
    return verdict.ok ? toHex(verdict.header.hash) : undefined;
  };
  const counted = {accepted: 0, same: 0};
  const expected = hash(truth);
  for (let i = 0; i < HEADERS; i++) {
    const found = hash(changed(truth, next));
    if (found === expected) counted.same += 1;
    else if (found !== undefined) counted.accepted += 1;
  }
  process.stdout.write(
    `verifySignedHeader, seed ${SEED}: ${HEADERS} changed headers, ${counted.same} still the same header, ${counted.accepted} others accepted, bound 3/N ${(3 / HEADERS).toExponential(1)}\n`,
  );
  expect(counted.accepted).toBe(0);
  expect(counted.same).toBeLessThan(HEADERS / 2);
}, 300_000);
