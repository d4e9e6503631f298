import {ALG_X25519, ORG_ROLE, equalBytes, keyId, slotOf, toHex} from '@vitalvault/contracts';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';

interface Validity {
  readonly fromSlot: number;
  /** Inclusive. */
  readonly toSlot: number;
}

/** Release keys of one organisation, from genesis: those that its policy service can open. */
export class ReleaseKeys {
  private constructor(private readonly keys: ReadonlyMap<string, Validity>) {}

  /** @param organisation 20 bytes */
  static of(genesis: Genesis, organisation: Uint8Array): ReleaseKeys {
    const own = genesis.organisations.find(({id}) => equalBytes(id, organisation));
    const keys = new Map<string, Validity>();
    for (const {key, role, fromSlot, toSlot} of own?.keys ?? []) {
      if (role !== ORG_ROLE.release || key?.alg !== ALG_X25519) continue;
      keys.set(toHex(keyId(key)), {fromSlot, toSlot: toSlot === 0 ? Number.MAX_SAFE_INTEGER : toSlot});
    }
    return new ReleaseKeys(keys);
  }

  get size(): number {
    return this.keys.size;
  }

  /**
   * Whether the key is one of ours, valid now or in the record's slot (docs/protocol.md §4.5). @param nowMs Unix
   * milliseconds
   */
  covers({releaseKeyId, slot}: Pick<RecordHeader, 'releaseKeyId' | 'slot'>, nowMs: number): boolean {
    const validity = this.keys.get(toHex(releaseKeyId));
    if (validity === undefined) return false;
    return [slotOf(Math.floor(nowMs / 1_000)), slot].some((one) => one >= validity.fromSlot && one <= validity.toSlot);
  }
}
