import {describe, expect, it} from '@jest/globals';
import type {ReleaseRegister} from '../../src/application/ports.js';

const id = (n: number): string => n.toString(16).padStart(2, '0').repeat(32);

/** How every register counts the answers of permits. */
export function releaseRegisterContract(
  name: string,
  open: () => {register: ReleaseRegister; told: () => Promise<readonly string[]>},
): void {
  describe(`${name} as a release register`, () => {
    const release = (records: number[], tx = 1) => ({
      txId: id(tx),
      recordIds: records.map(id),
      signedRequest: Uint8Array.of(1),
      verifiedAtHeight: 5n,
      tell: (number: number) => ({
        ...{topic: 'alerts', key: id(1), value: Uint8Array.of(1), traceparent: undefined},
        messageId: `${String(tx)}/${String(number)}`,
      }),
    });

    it('tells of each answer by its number, and of none that it does not count', async () => {
      const {register, told} = open();
      await register.count(release([1]));
      await register.count(release([1, 2]));
      await register.count(release([3], 2));
      await Promise.all([register.count(release([4])), register.count(release([5])), register.count(release([1]))]);
      expect(await register.count(release([1]))).toBe(false);
      expect((await told()).toSorted()).toEqual(['1/1', '1/2', '1/3', '1/4', '1/5', '2/1']);
    });

    it('lets a permit be answered three times for each record', async () => {
      const {register} = open();
      for (let i = 0; i < 3; i++) expect(await register.count(release([1, 2]))).toBe(true);
      expect(await register.count(release([1]))).toBe(false);
      expect(await register.count(release([1], 2))).toBe(true);
      expect(await register.count(release([3]))).toBe(true);
    });

    it('counts all records of a page or none', async () => {
      const {register} = open();
      for (let i = 0; i < 3; i++) await register.count(release([1]));
      expect(await register.count(release([1, 2]))).toBe(false);
      for (let i = 0; i < 3; i++) expect(await register.count(release([2]))).toBe(true);
    });

    it('knows what was answered', async () => {
      const {register} = open();
      await register.count(release([1]));
      expect([
        await register.answered(id(1)),
        await register.answered(id(1), id(1)),
        await register.answered(id(1), id(2)),
        await register.answered(id(2)),
      ]).toEqual([true, true, false, false]);
    });

    it('tells beforehand', async () => {
      const {register} = open();
      expect(await register.allows(id(1), [id(1), id(2)])).toBe(true);
      for (let i = 0; i < 3; i++) await register.count(release([1]));
      expect(await register.allows(id(1), [id(1), id(2)])).toBe(false);
      expect(await register.allows(id(1), [id(2)])).toBe(true);
    });

    it('never exceeds the limit when asked at the same time', async () => {
      const {register} = open();
      const answers = await Promise.all(Array.from({length: 8}, () => register.count(release([2, 1]))));
      expect(answers.filter(Boolean)).toHaveLength(3);
    });
  });
}
