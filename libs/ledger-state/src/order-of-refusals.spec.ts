import {readFileSync} from 'node:fs';
import {CODE, codeName, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {AnchorResultsSchema, StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {TestLedger} from '../testing/index.js';

interface Vectors {
  genesis: string;
  setup: string[];
  cases: {of: string; holds: [string, string]; tx: string; code: number; data: string}[];
}
const {genesis, setup, cases} = JSON.parse(
  readFileSync(new URL('../../../test/vectors/ledger-order.json', import.meta.url), 'utf8'),
) as Vectors;

/** The name of a refusal, of a carried statement or of an entry too. */
function nameOf(of: string, code: number, data: Uint8Array): string {
  if (code !== CODE.ok || data.length === 0) return codeName(code);
  return codeName(
    of === 'entry'
      ? (decodeCanonical(AnchorResultsSchema, data).results[0]?.code ?? CODE.internal)
      : (decodeCanonical(StatementResultsSchema, data).codes[0] ?? CODE.internal),
  );
}

test('of two refusals that hold at once the one is given that the protocol names first', () => {
  const ledger = new TestLedger(fromHex(genesis));
  expect(ledger.commit(setup.map(fromHex)).results.map(({code}) => code)).toEqual(setup.map(() => CODE.ok));
  const given = cases.map(({of, holds, tx}) => {
    const result = ledger.commit([fromHex(tx)]).results[0];
    const [code, data] = [result?.code ?? CODE.internal, result?.data ?? new Uint8Array()];
    return {of, holds, gives: nameOf(of, code, data), code, data: toHex(data)};
  });
  expect(given).toEqual(cases.map(({of, holds, code, data}) => ({of, holds, gives: holds[0], code, data})));
  expect(cases.length).toBeGreaterThan(100);
});
