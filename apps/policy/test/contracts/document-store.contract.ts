import {describe, expect, it} from '@jest/globals';
import type {DocumentStore} from '../../src/application/ports.js';

const id = (n: number, bytes = 32): string => n.toString(16).padStart(2, '0').repeat(bytes);

/** How every store of documents keeps them. @param announced how many messages wait to be sent */
export function documentStoreContract(
  name: string,
  open: () => {documents: DocumentStore; announced: () => Promise<number>},
): void {
  describe(`${name} as a store of documents`, () => {
    it('wraps only rise; the same again is no fault; each grant has its own', async () => {
      const {documents} = open();
      const [patient, grantId] = [id(1, 20), id(2, 16)];
      const wraps = (version: number, value: number) => ({patient, grantId, version, value: Uint8Array.of(value)});
      expect([
        await documents.putWraps(wraps(2, 1)),
        await documents.putWraps(wraps(2, 1)),
        await documents.putWraps(wraps(2, 9)),
        await documents.putWraps(wraps(1, 9)),
        await documents.putWraps(wraps(3, 3)),
        await documents.putWraps({...wraps(1, 4), grantId: id(3, 16)}),
      ]).toEqual([true, true, false, false, true, true]);
      expect(await documents.wraps(patient, grantId)).toEqual({version: 3, value: Uint8Array.of(3)});
      expect(await documents.wraps(id(9, 20), grantId)).toBeUndefined();
    });

    it('profiles and details are the newest, by member and by transaction', async () => {
      const {documents} = open();
      for (const value of [1, 2]) {
        await documents.putProfile(id(1, 20), Uint8Array.of(value));
        await documents.putDetails(id(1), Uint8Array.of(value + 2));
      }
      expect([await documents.profile(id(1, 20)), await documents.profile(id(2, 20))]).toEqual([
        Uint8Array.of(2),
        undefined,
      ]);
      expect([await documents.details(id(1)), await documents.details(id(2))]).toEqual([Uint8Array.of(4), undefined]);
    });

    it('a complaint is announced once, and one alert once', async () => {
      const {documents, announced} = open();
      const complaint = {txId: id(1), recordId: id(2), finding: 'gap'};
      const value = Uint8Array.of(1);
      const announcement = {topic: 'alerts', key: id(1, 20), value, messageId: id(3), traceparent: undefined};
      const before = await announced();
      await documents.putComplaint(complaint, announcement);
      await documents.putComplaint(complaint, announcement);
      await documents.putComplaint({...complaint, finding: 'other'}, announcement);
      expect(await announced()).toBe(before + 1);
      await documents.putComplaint({...complaint, recordId: id(4)}, {...announcement, messageId: id(5)});
      expect(await announced()).toBe(before + 2);
    });
  });
}
