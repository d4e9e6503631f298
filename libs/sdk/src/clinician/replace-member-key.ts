import {STATE_KIND, build, decodeCanonical, fromHex} from '@vitalvault/contracts';
import {MemberSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {PublishKeysSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {SigningKeySchema} from '@vitalvault/contracts/gen/record/v1/record';
import {idOf, newSigningKey, publicHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import type {NonceStore} from '../ledger/nonce-store.js';
import {Transactions, isRefusal} from '../ledger/transactions.js';
import {lookForKey, untilProven} from '../ledger/until-proven.js';
import type {Look} from '../ledger/until-proven.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import type {MemberKeys} from './member-keys.js';

export interface MemberOptions {
  keys: MemberKeys;
  ledger: VerifiedLedger;
  nonces: NonceStore;
  /** Durable before it answers. */
  save: () => Promise<void>;
}

/**
 * Puts a fresh signing key in the place of a member's current one, which signs that together with the new one. Her id,
 * grants, permits and encryption key stay. The new key is saved before anything is sent, and the old one is kept until
 * the ledger proves the new one; when a run ends before all is done, the next one goes on with the same key.
 * @throws SdkError `tx-refused`, `tx-timeout`
 * @spec docs/protocol.md §2.4
 */
export async function replaceMemberKey(options: MemberOptions): Promise<{keyId: string}> {
  const {keys, ledger, nonces, save} = options;
  const next = (keys.replacement ??= newSigningKey(ledger.api.environment.random));
  await save();
  if (!(await look(options, next)).isShown) {
    const identity = fromHex(keys.member);
    const newSigningKey = build(SigningKeySchema, publicHalf(next));
    try {
      const {height} = await new Transactions({ledger, nonces, signer: keys.signing}).send(
        {case: 'publishKeys', value: build(PublishKeysSchema, {identity, newSigningKey})},
        {coSigners: [next]},
      );
      await untilProven(ledger, height, () => look(options, next));
    } catch (error) {
      // An earlier one, whose answer was lost, came first.
      if (!isRefusal(error) || !(await look(options, next)).isShown) throw error;
    }
  }
  keys.signing = next;
  keys.replacement = undefined;
  await save();
  return {keyId: idOf(next)};
}

/** Whether the ledger has it as her current key. */
function look({keys, ledger}: MemberOptions, key: StoredKey): Promise<Look> {
  const parts = [fromHex(keys.member)];
  return lookForKey(key, async () => {
    const {answer, header} = await ledger.proofs(key, {keys: [{kind: STATE_KIND.member, parts}]});
    const value = answer.state(STATE_KIND.member, parts);
    return {
      current: value === undefined ? undefined : decodeCanonical(MemberSchema, value).signingKey,
      height: header.height,
    };
  });
}
