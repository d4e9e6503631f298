import {readFileSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {leafHash, merkleRoot, verifyAccessLog} from '@vitalvault/proofs';
import {LIES, tamper} from './tampering.js';
import type {Lie} from './tampering.js';

const dir = mkdtempSync(join(tmpdir(), 'vv-lies-'));
afterAll(() => rmSync(dir, {recursive: true}));

const leaves = [0, 1, 2, 3, 4].map((n) =>
  encodeCanonical(AccessLeafSchema, {
    index: BigInt(n),
    height: BigInt(10 + n),
    blockTime: 1_700_000_000n,
    txId: new Uint8Array(32).fill(n + 1),
    event: {
      case: 'enrolled',
      value: {
        organisation: new Uint8Array(20).fill(9),
        signingKeyId: new Uint8Array(20).fill(8),
        recoveryKeyId: new Uint8Array(20).fill(7),
      },
    },
  }),
);
const head = {size: 5n, root: merkleRoot(leaves.map((leaf) => leafHash(leaf)))};
const honest = join(dir, 'honest.json');
writeFileSync(
  honest,
  JSON.stringify({
    paper: 'access-log',
    patient: 'ab'.repeat(20),
    pages: [
      {
        proof: toHex(
          encodeCanonical(ProofResponseSchema, {
            height: 20n,
            logs: [{kind: 16, patient: new Uint8Array(20), indexes: leaves.map((_, i) => BigInt(i)), leaves}],
          }),
        ),
        signedHeader: {genuine: true},
      },
    ],
  }),
);

const leavesOf = (file: string): Uint8Array[] => {
  const {pages} = JSON.parse(readFileSync(file, 'utf8')) as {pages: {proof: string; signedHeader: unknown}[]};
  expect(pages[0]?.signedHeader).toEqual({genuine: true});
  return decodeCanonical(ProofResponseSchema, fromHex(pages[0]?.proof ?? '')).logs[0]?.leaves ?? [];
};

describe('lies about a log, which step 10 of the story must see through', () => {
  it('are compared with a log that holds', () => {
    expect(verifyAccessLog({head, leaves: leavesOf(honest)}).ok).toBe(true);
  });

  it.each(Object.keys(LIES) as Lie[])('%s: the log is another, and does not hold', (lie) => {
    const file = join(dir, 'lying.json');
    tamper(honest, file, lie);
    expect(leavesOf(file)).not.toEqual(leaves);
    expect(verifyAccessLog({head, leaves: leavesOf(file)}).ok).toBe(false);
  });
});
