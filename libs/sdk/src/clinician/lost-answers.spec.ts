import {beforeEach, describe, expect, it} from '@jest/globals';
import {CODE} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {MemoryNonceStore} from '../ledger/nonce-store.js';
import {idOf} from '../keys/stored-key.js';
import {people, readingsOf} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import type {SentRequest} from './access-ticket.js';
import {Clinician} from './clinician.js';
import type {MemberKeys} from './member-keys.js';
import {replaceMemberKey} from './replace-member-key.js';

let all: People;
let grantId: string;
beforeEach(async () => {
  all = await people();
  await all.device.post(await all.device.seal(HEART_RATE, readingsOf(all.slot - 1, 4)));
  all.platform.anchor();
  ({grantId} = await all.grants.put(all.terms));
});

const ask = (clinician: Clinician, kept: SentRequest[]) =>
  clinician.requestAccess(
    {
      patient: all.keys.patient,
      grantId,
      typeName: HEART_RATE,
      slotFrom: all.slot - 2,
      slotTo: all.slot,
      purpose: 'TREAT',
      message: 'before your visit',
    },
    (sent) => {
      kept.push(structuredClone(sent));
      return Promise.resolve();
    },
  );

/** A request that was sent and waits, and whose sender heard no more than that it took too long. */
async function lost(): Promise<{sent: SentRequest; pool: Uint8Array[]}> {
  const {platform, clinician} = all;
  const [kept, pool]: [SentRequest[], Uint8Array[]] = [[], []];
  platform.pool = pool;
  await expect(ask(clinician, kept)).rejects.toMatchObject({code: 'tx-timeout'});
  platform.pool = undefined;
  const [sent] = kept as [SentRequest];
  return {sent, pool};
}

describe('a request whose answer was lost', () => {
  it('is permitted all the same: its one-time key was kept before it was sent, and her words too', async () => {
    const {platform, clinician, patient} = all;
    const {sent, pool} = await lost();
    expect(await clinician.settleRequest(sent)).toBeUndefined();
    platform.commit(pool);
    const ticket = await clinician.settleRequest(sent);
    if (ticket === undefined || ticket === 'expired') throw new Error('it is not settled');
    expect(ticket).toMatchObject({permit: true, txId: sent.txId});
    expect((await clinician.fetch(ticket)).records).toHaveLength(1);
    expect(await patient.details(sent.txId)).toBeDefined();
  });

  it('is not sent when it cannot be kept', async () => {
    const before = all.platform.chain.ledger.block.height;
    await expect(
      all.clinician.requestAccess(
        {patient: all.keys.patient, slotFrom: all.slot, slotTo: all.slot, purpose: 'TREAT'},
        () => Promise.reject(new Error('disk full')),
      ),
    ).rejects.toThrow('disk full');
    expect(all.platform.chain.ledger.block.height).toBe(before);
  });

  it('is not made twice when its nonce is used by itself', async () => {
    const {platform, clinician} = all;
    const kept: SentRequest[] = [];
    let sent = 0;
    platform.tamper = (path, answer) => {
      if (path === '/v1/transactions' && ++sent === 1)
        throw new DomainError('tx-refused', {meta: {code: CODE.nonceUsed, codeName: 'nonceUsed'}});
      return answer;
    };
    const {txId, permit} = await ask(clinician, kept);
    expect([sent, kept.map((one) => one.txId), permit]).toEqual([1, [txId], true]);
  });

  it('is not forgotten at a refusal: the same bytes may be decided later', async () => {
    const {platform, clinician} = all;
    const {sent, pool} = await lost();
    const refusal = {chainId: 'x', height: '3', txId: sent.txId, code: CODE.nonceTooFar, codeName: 'nonceTooFar'};
    // A service that has committed it puts the result into the place of this answer.
    platform.answers.set(sent.txId, refusal);
    expect(await clinician.settleRequest(sent)).toBeUndefined();
    platform.commit(pool);
    expect(await clinician.settleRequest(sent)).toMatchObject({permit: true});
  });

  it('is forgotten when it can be decided no more, and not before', async () => {
    const {platform, clinician} = all;
    const {sent} = await lost();
    platform.chain.ledger.commit([], 3_500n);
    expect(await clinician.settleRequest(sent)).toBeUndefined();
    platform.chain.ledger.commit([], 200n);
    expect(await clinician.settleRequest(sent)).toBe('expired');
  });
});

describe("a member's signing key that is replaced", () => {
  const nonces = new MemoryNonceStore(50n);

  it('leaves id, grants and permits: the new key fetches what the old one asked for', async () => {
    const {memberKeys: keys, ledger} = all;
    const ticket = await ask(all.clinician, []);
    const {member, signing: old} = structuredClone(keys);
    const {keyId} = await replaceMemberKey({keys, ledger, nonces, save: () => Promise.resolve()});
    expect([keys.member, keyId]).toEqual([member, idOf(keys.signing)]);
    expect(keys.signing).not.toEqual(old);
    const reader = new Clinician({keys, ledger, nonces});
    expect((await reader.fetch(ticket)).records).toHaveLength(1);
    expect((await ask(reader, [])).permit).toBe(true);
    const before = new Clinician({keys: {...keys, signing: old}, ledger, nonces});
    await expect(ask(before, [])).rejects.toMatchObject({meta: {codeName: 'unknownKey'}});
  });

  it('is taken at a proof, and the old one kept until then: a service may err or lie', async () => {
    const {ledger, platform} = all;
    const keys = structuredClone(all.memberKeys);
    let file = structuredClone(keys);
    const save = (): Promise<void> => {
      file = structuredClone(keys);
      return Promise.resolve();
    };
    platform.falseData = '';
    await expect(replaceMemberKey({keys, ledger, nonces, save})).rejects.toMatchObject({code: 'tx-timeout'});
    platform.falseData = undefined;
    expect([keys.signing, file.signing]).toEqual([all.memberKeys.signing, all.memberKeys.signing]);
    const {replacement} = structuredClone(file);
    await replaceMemberKey({keys, ledger, nonces, save});
    expect([file.signing, file.replacement]).toEqual([replacement, undefined]);
    expect((await ask(new Clinician({keys: file, ledger, nonces}), [])).permit).toBe(true);
  });

  it('goes on from every moment at which it can end, with the same key', async () => {
    const {ledger, platform} = all;
    let file = structuredClone(all.memberKeys);
    for (let last = 1; ; last++) {
      let steps = 0;
      const step = (): void => {
        steps += 1;
        if (steps >= last) throw new Error('killed');
      };
      platform.tamper = (_, answer) => {
        step();
        return answer;
      };
      const begun = (keys: MemberKeys) => ({
        keys,
        ledger,
        nonces,
        save: () => {
          step();
          file = structuredClone(keys);
          step();
          return Promise.resolve();
        },
      });
      const ended = await replaceMemberKey(begun(structuredClone(file))).then(
        () => true,
        () => false,
      );
      platform.tamper = (_, answer) => answer;
      const {replacement} = file;
      if (replacement !== undefined)
        await expect(ask(new Clinician({keys: file, ledger, nonces}), [])).rejects.toMatchObject({
          code: 'replacement-pending',
        });
      steps = -Infinity;
      await replaceMemberKey(begun(structuredClone(file)));
      if (replacement !== undefined) expect(file.signing).toEqual(replacement);
      platform.chain.ledger.commit([], 7_200n);
      await expect(ask(new Clinician({keys: file, ledger, nonces}), [])).resolves.toBeDefined();
      if (ended) break;
    }
  });
});
