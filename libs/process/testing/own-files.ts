import {ORG_ROLE, algorithmOf, encodeCanonical, toHex} from '@vitalvault/contracts';
import type {OrganisationRole} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {testEncryptionKey, testKey} from '@vitalvault/ledger-state/testing';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** A genesis of two organisations and key files, in a folder of their own, as a process finds them at its start. */
export class OwnFiles {
  readonly #dir = mkdtempSync(join(tmpdir(), 'vv-own-'));
  readonly settings = {
    genesisFile: join(this.#dir, 'genesis.json'),
    chainId: 'vv-spec',
    organisation: 'aa'.repeat(20),
  } as const;

  constructor(roles: readonly OrganisationRole[]) {
    const organisation = (id: string, whose: string) => ({
      id: Buffer.from(id, 'hex'),
      name: whose,
      keys: roles.map((role) => ({
        key: {alg: algorithmOf(role), publicKey: keyOf(whose, role).publicKey},
        role: ORG_ROLE[role],
      })),
      validators: [{publicKey: Buffer.from(id.repeat(2).slice(0, 64), 'hex'), power: 1n}],
    });
    const state = encodeCanonical(GenesisSchema, {
      version: 1,
      organisations: [organisation(this.settings.organisation, 'own'), organisation('bb'.repeat(20), 'their')],
    });
    const document = {
      chain_id: this.settings.chainId,
      validators: [],
      app_state: Buffer.from(state).toString('base64'),
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
  if (role === 'release') return testEncryptionKey(`${whose} ${role}`);
  const {key, privateKey} = testKey(`${whose} ${role}`);
  return {publicKey: key.publicKey, privateKey};
}
