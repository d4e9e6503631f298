import {KEY_OWNER, equalBytes, slotOf, toHex} from '@vitalvault/contracts';
import type {Id, Projection} from './ports.js';

/** Whose current key it is. */
export interface KeyHolder {
  readonly keyId: Id;
  readonly publicKey: Uint8Array;
  readonly identity: Id;
  readonly kind: keyof typeof KEY_OWNER;
}

const KINDS = new Map<number, keyof typeof KEY_OWNER>(
  Object.entries(KEY_OWNER).map(([name, kind]) => [kind, name as keyof typeof KEY_OWNER]),
);

/** Says whose a key is now; a retired key, or an organisation's outside its slots, is nobody's. */
export class ResolveKey {
  constructor(private readonly ports: {projection: Projection}) {}

  async execute(keyId: Id): Promise<KeyHolder | undefined> {
    const known = await this.ports.projection.key(keyId);
    const kind = KINDS.get(known?.owner.kind ?? 0);
    if (known === undefined || kind === undefined || known.owner.retired) return undefined;
    const holder = {keyId, publicKey: known.publicKey, identity: toHex(known.owner.identity), kind};
    return kind === 'organisation' && !(await this.isValidNow(holder)) ? undefined : holder;
  }

  private async isValidNow({identity, publicKey}: KeyHolder): Promise<boolean> {
    const slot = slotOf((await this.ports.projection.position())?.timeSeconds ?? 0n);
    const keys = await this.ports.projection.organisationKeys(identity);
    return keys.some(
      ({key, fromSlot, toSlot}) =>
        key !== undefined &&
        equalBytes(key.publicKey, publicKey) &&
        slot >= fromSlot &&
        (toSlot === 0 || slot <= toSlot),
    );
  }
}
