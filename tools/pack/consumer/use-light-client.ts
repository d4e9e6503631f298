import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {parseGenesis, verifySignedHeader} from '@vitalvault/light-client';
import type {LightBlockVerdict} from '@vitalvault/light-client';

/** A header that four real validators signed; then with a byte of its app hash changed. */
export function useLightClient(): string {
  const [genesis, signedHeader] = ['genesis.json', 'block-3.json'].map((name) => readFileSync(name, 'utf8'));
  assert.ok(genesis !== undefined && signedHeader !== undefined);
  // As the RPC's JSON answers.
  const verdict = verifySignedHeader(signedHeader, parseGenesis(genesis), {nowMs: Date.now()});
  assert.ok(verdict.ok);
  assert.equal(verdict.header.height, 3n);
  const changed = signedHeader.replace(/("app_hash": ?")(..)/, '$1FF');
  assert.notEqual(changed, signedHeader);
  const refused: LightBlockVerdict = verifySignedHeader(changed, parseGenesis(genesis), 'any-time');
  assert.equal(refused.ok, false);
  return 'light-client: a header of real validators verifies; a changed one does not';
}
