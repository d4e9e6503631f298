import {readFileSync} from 'node:fs';
import {fromHex, sha256Of, toHex} from '@vitalvault/contracts';
import {stateKey, StateTree, verifyState} from '@vitalvault/proofs';
import {TEST_CHAIN, TestLedger} from '../testing/index.js';

const load = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../test/vectors/${name}`, import.meta.url), 'utf8')) as T;

interface Chain {
  chainId: string;
  genesis: string;
  genesisAppHash: string;
  patient: string;
  blocks: {height: number; time: number; txs: string[]; results: {code: number; data: string}[]; appHash: string}[];
  accessLog: string[];
  recordLog: string[];
}

test('ledger-chain.json: a change of any byte of state, result or leaf shows here', () => {
  const chain = load<Chain>('ledger-chain.json');
  expect(chain.chainId).toBe(TEST_CHAIN);
  const ledger = new TestLedger(fromHex(chain.genesis));
  expect(toHex(ledger.appHash)).toBe(chain.genesisAppHash);
  for (const {height, time, txs, results, appHash} of chain.blocks) {
    const executed = ledger.commit(txs.map(fromHex));
    expect(ledger.block).toEqual({height: BigInt(height), time: BigInt(time)});
    expect(executed.results.map(({code, data}) => ({code, data: toHex(data)}))).toEqual(results);
    expect(toHex(ledger.appHash)).toBe(appHash);
  }
  const patient = fromHex(chain.patient);
  expect(ledger.state.leaves(16, patient).map(toHex)).toEqual(chain.accessLog);
  expect(ledger.state.leaves(15, patient).map(toHex)).toEqual(chain.recordLog);
});

interface Key {
  kind: number;
  parts: string[];
}
interface StateVectors {
  entries: (Key & {value: string; rootAfter: string})[];
  proofs: (Key & {
    key: string;
    value: string | null;
    siblings: string[];
    otherKey: string | null;
    otherValueHash: string | null;
  })[];
}

test('proofs-state.json: roots after each entry, proofs of presence and absence', () => {
  const {entries, proofs} = load<StateVectors>('proofs-state.json');
  const tree = new StateTree();
  for (const {kind, parts, value, rootAfter} of entries) {
    tree.update([{key: stateKey(kind, parts.map(fromHex)), valueHash: sha256Of(fromHex(value))}]);
    expect(toHex(tree.root)).toBe(rootAfter);
  }
  for (const {kind, parts, key, value, siblings, otherKey, otherValueHash} of proofs) {
    expect(toHex(stateKey(kind, parts.map(fromHex)))).toBe(key);
    const proof = {
      siblings: siblings.map(fromHex),
      otherKey: otherKey === null ? undefined : fromHex(otherKey),
      otherValueHash: otherValueHash === null ? undefined : fromHex(otherValueHash),
    };
    expect(
      verifyState({root: tree.root, key: fromHex(key), value: value === null ? undefined : fromHex(value), proof}),
    ).toBe(true);
  }
});
