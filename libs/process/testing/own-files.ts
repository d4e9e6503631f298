import {LIMITS, algorithmOf, toHex} from '@vitalvault/contracts';
import type {OrganisationRole} from '@vitalvault/contracts';
import {testGenesis, testOrganisation} from '@vitalvault/ledger-state/testing';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const own = testOrganisation('own');

/** A genesis of two organisations and key files, in a folder of their own, as a process finds them at its start. */
export class OwnFiles {
  readonly #dir = mkdtempSync(join(tmpdir(), 'vv-own-'));
  readonly settings = {
    genesisFile: join(this.#dir, 'genesis.json'),
    chainId: 'vv-spec',
    organisation: toHex(own.id),
  } as const;

  constructor() {
    const document = {
      chain_id: this.settings.chainId,
      genesis_time: '2026-01-01T00:00:00Z',
      consensus_params: {
        block: {max_bytes: String(LIMITS.cometBlockBytes)},
        evidence: {max_bytes: String(LIMITS.cometEvidenceBytes)},
        abci: {vote_extensions_enable_height: '0'},
      },
      validators: [],
      app_state: Buffer.from(testGenesis(['own', 'their'])).toString('base64'),
    };
    writeFileSync(this.settings.genesisFile, JSON.stringify(document));
  }

  /** A key file. @param whose `own` and `their` are in the genesis @param role the role that the key has there */
  key(role: OrganisationRole, whose = 'own', mode = 0o600): string {
    const file = join(this.#dir, `${whose}-${role}-${mode.toString(8)}.key.json`);
    const {publicKey, privateKey} = keyOf(whose, role);
    const json = {alg: algorithmOf(role), publicKey: toHex(publicKey), privateKey: toHex(privateKey)};
    writeFileSync(file, JSON.stringify(json), {mode});
    return file;
  }

  /** A file with this text, readable by its owner alone. */
  text(text: string): string {
    const file = join(this.#dir, 'text.key.json');
    writeFileSync(file, text, {mode: 0o600});
    return file;
  }

  remove(): void {
    rmSync(this.#dir, {recursive: true});
  }
}

function keyOf(whose: string, role: OrganisationRole): {publicKey: Uint8Array; privateKey: Uint8Array} {
  const organisation = testOrganisation(whose);
  if (role === 'release') return organisation.release;
  const {key, privateKey} = organisation[role];
  return {publicKey: key.publicKey, privateKey};
}
