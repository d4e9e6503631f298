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

    it('a complaint is kept and announced once, so many of a reader about a patient in a day', async () => {
      const {documents, announced} = open();
      const before = await announced();
      let messages = 0;
      const put = (change: object = {}): Promise<boolean> =>
        documents.putComplaint(
          {reader: id(1, 20), subject: id(2), finding: 'gap', patient: id(3, 20), day: 7, ...change},
          2,
          {
            ...{topic: 'alerts', key: id(3, 20), value: Uint8Array.of(1), traceparent: undefined},
            messageId: String(messages++),
          },
        );
      expect([await put(), await put(), await put({finding: 'other'})]).toEqual([true, true, true]);
      expect(await announced()).toBe(before + 2);
      expect([await put({subject: id(4)}), await put({finding: 'third'}), await put()]).toEqual([false, false, true]);
      for (const change of [{reader: id(8, 20)}, {subject: id(5), patient: id(9, 20)}, {subject: id(6), day: 8}])
        expect(await put(change)).toBe(true);
      expect(await announced()).toBe(before + 5);
      const some = await Promise.all([1, 2, 3, 4].map((n) => put({subject: id(16 + n), day: 9})));
      expect(some.filter(Boolean)).toHaveLength(2);
    });
  });
}
