import {describe, expect, it} from '@jest/globals';
import {createPublicKey, verify} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fromHex, toHex} from '@vitalvault/contracts';
import {verifySignedHeader} from '@vitalvault/light-client';
import {leafHash, merkleRoot} from '@vitalvault/proofs';
import type {CapturedHeader} from '../vectors/header-vectors.js';
import type {protocolParts} from '../vectors/protocol-parts.js';

const read = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, '../vectors', name), 'utf8'));
const captured = read('signed-header.json') as CapturedHeader & {
  signedHeader: {
    commit: {block_id: {hash: string}; signatures: {signature: string}[]};
    header: {validators_hash: string};
  };
};
const {signedHeader: vector} = read('protocol-parts.json') as Awaited<ReturnType<typeof protocolParts>>;
const trust = {
  chainId: captured.chainId,
  validators: captured.validators.map(({publicKey, power}) => ({publicKey: fromHex(publicKey), power: BigInt(power)})),
};

/** A copy of the signed header with one value replaced. */
function edited({path, value}: {path: readonly (string | number)[]; value: unknown}): object {
  const copy = structuredClone(captured.signedHeader) as object;
  const last = path.at(-1) ?? '';
  const place = path.slice(0, -1).reduce<unknown>((at, name) => (at as Record<string | number, unknown>)[name], copy);
  (place as Record<string | number, unknown>)[last] = value;
  return copy;
}

const rootOf = (leaves: readonly string[]): string => toHex(merkleRoot(leaves.map((leaf) => leafHash(fromHex(leaf)))));

describe("the header of CometBFT's own in the vectors", () => {
  it('has the hashes that CometBFT itself gave', () => {
    const {header, commit} = captured.signedHeader;
    expect(rootOf(vector.headerLeaves).toUpperCase()).toBe(commit.block_id.hash);
    expect(rootOf(vector.validators.map(({leaf}) => leaf)).toUpperCase()).toBe(header.validators_hash);
    expect([vector.headerHash, vector.validatorsHash]).toEqual([
      commit.block_id.hash.toLowerCase(),
      header.validators_hash.toLowerCase(),
    ]);
  });

  it("has sign bytes that each validator signed, by OpenSSL's word", () => {
    const signed = vector.votes.flatMap(({flag, signBytes}, i) =>
      flag === 2 ? [{signBytes, i, publicKey: vector.validators[i]?.publicKey ?? ''}] : [],
    );
    expect(signed).toHaveLength(3);
    for (const {signBytes, i, publicKey} of signed) {
      const x = Buffer.from(publicKey, 'hex').toString('base64url');
      const signature = Buffer.from(captured.signedHeader.commit.signatures[i]?.signature ?? '', 'base64');
      const key = createPublicKey({key: {kty: 'OKP', crv: 'Ed25519', x}, format: 'jwk'});
      expect(verify(null, fromHex(signBytes ?? ''), key, signature)).toBe(true);
    }
  });

  it('holds, and no edit of it does', () => {
    expect(verifySignedHeader(captured.signedHeader, trust, 'any-time')).toMatchObject({
      ok: true,
      header: {height: 10n},
    });
    expect(vector.refused.length).toBeGreaterThan(8);
    for (const refused of vector.refused) {
      expect([refused.why, verifySignedHeader(edited(refused), trust, 'any-time').ok]).toEqual([refused.why, false]);
    }
  });
});
