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

/**
 * Says who is let in with a key. Nobody with a retired one, with an organisation's outside its slots, as a member who
 * is suspended, or as a device that was removed.
 */
export class ResolveKey {
  constructor(private readonly ports: {projection: Projection}) {}

  async execute(keyId: Id): Promise<KeyHolder | undefined> {
    const known = await this.ports.projection.key(keyId);
    const kind = KINDS.get(known?.owner.kind ?? 0);
    if (known === undefined || kind === undefined || known.owner.retired) return undefined;
    const holder = {keyId, publicKey: known.publicKey, identity: toHex(known.owner.identity), kind};
    return (await this.stands(holder)) ? holder : undefined;
  }

  private async stands(holder: KeyHolder): Promise<boolean> {
    switch (holder.kind) {
      case 'organisation':
        return this.isValidNow(holder);
      case 'member':
        return (await this.ports.projection.member(holder.identity))?.suspended === false;
      case 'device':
        return ((await this.ports.projection.device(holder.identity))?.owner.length ?? 0) > 0;
      case 'patient':
        return true;
    }
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
