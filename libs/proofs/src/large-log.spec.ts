import {create} from '@bufbuild/protobuf';
import {LIMITS, STATE_KIND, encodeCanonical} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {ProofRequestSchema, ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {hash} from 'node:crypto';
import {LogTree} from './log-tree.js';
import {proveAnswer} from './prove-answer.js';
import {stateKey} from './state-key.js';
import {StateTree} from './state-tree.js';
import {leafHash} from './tree-hash.js';
import {verifyProofs} from './verify-proofs.js';

const SIZE = 1_000_000;
// Of a RecordLeaf with its entry.
const LEAF_BYTES = 400;
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(hash('sha256', bytes, 'buffer'));
const {recordLog: kind} = STATE_KIND;
const patient = new Uint8Array(20).fill(1);

function leafAt(index: number): Uint8Array {
  const leaf = new Uint8Array(LEAF_BYTES);
  new DataView(leaf.buffer).setUint32(0, index);
  return leaf;
}

test('1,000 scattered records of a log of a million are proven by at most five questions of at most 1 MiB', () => {
  const tree = new LogTree(sha256);
  for (let index = 0; index < SIZE; index++) tree.append(leafHash(leafAt(index), sha256));
  const head = encodeCanonical(LogHeadSchema, {size: BigInt(SIZE), root: tree.root()});
  const state = new StateTree(sha256);
  const appHash = state.update([{key: stateKey(kind, [patient], sha256), valueHash: sha256(head)}]);
  const indexes = Array.from({length: 1_000}, (_none, i) => BigInt(i * 997 + (i % 13)));

  const told: string[] = [];
  let [questions, wanted] = [0, indexes];
  while (wanted.length > 0 && questions < 9) {
    const request = create(ProofRequestSchema, {logs: [{kind, patient, indexes: wanted}]});
    const began = performance.now();
    const parts = proveAnswer(request, {
      value: () => head,
      path: (of, id) => state.prove(stateKey(of, id, sha256)),
      log: () => ({tree, leafBytes: () => LEAF_BYTES, leaf: leafAt}),
    });
    const answer = encodeCanonical(ProofResponseSchema, {height: 1n, ...parts});
    const proved = performance.now();
    const proven = verifyProofs(create(ProofResponseSchema, {height: 1n, ...parts}), appHash, sha256);
    const verified = performance.now();
    if (!proven.ok) throw new Error(proven.fault);
    expect(answer.length).toBeLessThanOrEqual(LIMITS.proofAnswerBytes);
    const before = wanted.length;
    wanted = wanted.filter((index) => proven.leaf(kind, patient, index) === undefined);
    questions += 1;
    told.push(
      `${before - wanted.length} leaves in ${answer.length} bytes, proven in ${(proved - began).toFixed(1)} ms, verified in ${(verified - proved).toFixed(1)} ms`,
    );
  }
  process.stdout.write(`1,000 scattered leaves of 10⁶: ${questions} question(s): ${told.join('; ')}\n`);
  expect(wanted).toHaveLength(0);
  expect(questions).toBeLessThanOrEqual(5);
}, 120_000);
