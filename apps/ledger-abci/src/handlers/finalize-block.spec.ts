import type {RequestFinalizeBlock, RequestQuery} from '@vitalvault/abci';
import {decodeCanonical, encodeCanonical, sha256Of, STATE_KIND} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {MisbehaviourSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {ProofRequestSchema, ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {testGenesis} from '@vitalvault/ledger-state/testing';
import {blockRequest, openLedger, scratchDir} from '../../test/scratch-ledger.js';
import type {RunningLedger} from '../../test/scratch-ledger.js';
import {createApplication} from '../application.js';
import type {Committed} from '../ledger.js';
import {LedgerSpans} from '../ledger-spans.js';

let dir: ReturnType<typeof scratchDir>;
let node: RunningLedger;
beforeEach(async () => {
  dir = scratchDir();
  node = await openLedger(dir.path);
});
afterEach(async () => {
  await node.close();
  dir.remove();
});

test('misbehaviour of a validator is recorded when the block is, and proven by its key', async () => {
  const [validator] =
    decodeCanonical(GenesisSchema, testGenesis(['hospital', 'clinic'])).organisations[0]?.validators ?? [];
  const address = sha256Of(validator?.publicKey ?? new Uint8Array(0)).slice(0, 20);
  const told: Committed[] = [];
  const application = createApplication(node.ledger, new LedgerSpans(), (committed) => told.push(committed));
  const misbehavior = [{type: 1, validator: {address, power: 10n}, height: 7n, time: {seconds: 9n}}];
  const request = {...blockRequest(1n, []), misbehavior} as unknown as RequestFinalizeBlock;
  await application.finalizeBlock(request);
  // Again, as after a crash before Commit.
  await application.finalizeBlock(request);
  expect(told).toEqual([]);
  await application.commit({} as never);
  expect(told.map(({misbehaviour}) => misbehaviour)).toEqual([[{address, kind: 1, height: 7n, time: 9n, power: 10n}]]);
  const key = {
    kind: STATE_KIND.misbehaviour,
    parts: [address, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7), Uint8Array.of(1)],
  };
  const {value} = await application.query({
    path: '/proofs',
    data: encodeCanonical(ProofRequestSchema, {keys: [key]}),
    height: 0n,
  } as RequestQuery);
  const {states} = decodeCanonical(ProofResponseSchema, value as Uint8Array);
  expect(decodeCanonical(MisbehaviourSchema, states[0]?.value ?? new Uint8Array(0))).toMatchObject({
    kind: 1,
    height: 7n,
    power: 10n,
    recordedAtHeight: 1n,
  });
});
