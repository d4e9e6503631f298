import {beforeEach, describe, expect, it} from '@jest/globals';
import {create} from '@bufbuild/protobuf';
import {encodeCanonical, toHex} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {
  AccessLeafSchema,
  DeviceSchema,
  GrantSchema,
  KeyOwnerSchema,
  MemberSchema,
  OrganisationKeySchema,
  OrganisationSchema,
  PatientSchema,
  RegistrationSchema,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedEpochStatementSchema, SignedKeySuccessionSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {ProjectionStore, ProjectionWriter} from '../../src/application/ports.js';

const id = (n: number): string => n.toString(16).padStart(2, '0').repeat(20);
const bytes = (n: number): Uint8Array => new Uint8Array(20).fill(n);
const tag = (n: number): string => n.toString(16).padStart(2, '0').repeat(16);
const tx = (n: number): string => n.toString(16).padStart(2, '0').repeat(32);
const leafBytes = (index: bigint): Uint8Array =>
  encodeCanonical(AccessLeafSchema, {
    index,
    height: 1n,
    blockTime: 5n,
    txId: new Uint8Array(32).fill(Number(index) + 1),
    event: {case: 'enrolled', value: {organisation: bytes(1)}},
  });

/** What every projection store does, whatever it is made of. */
export function projectionStoreContract(name: string, open: () => Promise<ProjectionStore>): void {
  describe(`${name} as a projection store`, () => {
    let store: ProjectionStore;
    const project = (
      height: bigint,
      effects: (writer: ProjectionWriter) => Promise<void> = () => Promise.resolve(),
    ): Promise<boolean> => store.project([{height, timeSeconds: height * 10n}], effects);

    beforeEach(async () => {
      store = await open();
    });

    it('is nowhere before the genesis', async () => {
      expect(await store.position()).toBeUndefined();
      await project(0n);
      expect(await store.position()).toEqual({height: 0n, timeSeconds: 0n});
    });

    it('takes each height once and in order', async () => {
      let runs = 0;
      const effects = (): Promise<void> => {
        runs++;
        return Promise.resolve();
      };
      expect([await project(0n), await project(1n, effects), await project(1n, effects)]).toEqual([true, true, false]);
      await expect(project(3n, effects)).rejects.toThrow();
      expect(runs).toBe(1);
      expect(await store.position()).toEqual({height: 1n, timeSeconds: 10n});
    });

    it('takes several blocks at once, all or none', async () => {
      const at = (height: bigint) => ({height, timeSeconds: height * 10n});
      let runs = 0;
      const effects = (): Promise<void> => Promise.resolve(void (runs += 1));
      expect(await store.project([at(0n), at(1n), at(2n)], effects)).toBe(true);
      // Another replica has taken the first of two: whether it takes the other one too is not known.
      await expect(store.project([at(2n), at(3n)], effects)).rejects.toMatchObject({code: 'behind'});
      expect(await store.position()).toEqual(at(2n));
      await expect(store.project([at(4n), at(5n)], effects)).rejects.toMatchObject({code: 'behind'});
      expect(await store.project([at(3n), at(4n)], effects)).toBe(true);
      expect([runs, await store.position()]).toEqual([2, at(4n)]);
    });

    it('knows the newest block with a transaction', async () => {
      await project(0n);
      expect(await store.lastTransactionHeight()).toBe(0n);
      for (const height of [1n, 2n])
        await project(height, (writer) =>
          writer.putTransaction({txId: tx(Number(height)), txHash: tx(9), height, index: 0, code: 0, data: bytes(1)}),
        );
      await project(3n);
      expect(await store.lastTransactionHeight()).toBe(2n);
    });

    it('a block that fails leaves nothing, and can be projected again', async () => {
      await project(0n);
      await expect(
        project(1n, async (writer) => {
          await writer.putPatient(id(1), create(PatientSchema, {sponsor: bytes(9)}));
          throw new Error('in the middle');
        }),
      ).rejects.toThrow('in the middle');
      expect([await store.patient(id(1)), (await store.position())?.height]).toEqual([undefined, 0n]);
      expect(await project(1n)).toBe(true);
    });

    it('lets effects see the effects before them', async () => {
      await project(0n, async (writer) => {
        await writer.putMember(id(1), create(MemberSchema, {organisation: bytes(7), role: 1}));
        expect(await writer.member(id(1))).toMatchObject({role: 1});
        await writer.putMember(id(1), create(MemberSchema, {organisation: bytes(7), role: 2}));
      });
      expect(await store.member(id(1))).toMatchObject({role: 2, organisation: bytes(7)});
    });

    it('lets effects see what is stored, asked for before or not, and writes every kind of row over it', async () => {
      const grantAt = (patient: number) => ({patient: id(patient), grantId: tag(2)});
      const outcome = {txId: tx(1), txHash: tx(2), height: 0n, index: 0, code: 22, data: new Uint8Array()};
      const seen: unknown[][] = [];
      for (const height of [0n, 1n, 2n])
        await project(height, async (writer) => {
          if (height === 1n)
            await writer.expect({transactions: [tx(1), tx(8)], members: [id(1), id(8)], grants: [1, 8].map(grantAt)});
          const {patient, grantId} = grantAt(1);
          seen.push([
            (await writer.member(id(1)))?.role,
            (await writer.grant(patient, grantId))?.version,
            await writer.readsUsed(patient, grantId),
            (await writer.transaction(tx(1)))?.height,
            (await writer.patient(id(1)))?.sponsor[0],
            (await writer.device(id(1)))?.registration,
            (await writer.registration(id(1), 7))?.fromSlot,
            (await writer.member(id(8)))?.role,
            (await writer.grant(id(8), grantId))?.version,
          ]);
          const n = Number(height) + 1;
          await writer.putMember(id(1), create(MemberSchema, {organisation: bytes(7), role: n}));
          await writer.putGrant(
            {...grantAt(1), height, index: 0},
            create(GrantSchema, {version: n, grantee: bytes(8)}),
          );
          await writer.putReadsUsed(patient, grantId, BigInt(n));
          await writer.putTransaction({...outcome, height});
          await writer.putPatient(id(1), create(PatientSchema, {sponsor: bytes(n)}));
          await writer.putDevice(id(1), create(DeviceSchema, {registration: n, owner: bytes(2)}));
          await writer.putRegistration(id(1), 7, create(RegistrationSchema, {owner: bytes(1), fromSlot: n}));
          await writer.putKey(id(2), {
            publicKey: bytes(n),
            owner: create(KeyOwnerSchema, {kind: 1, identity: bytes(1)}),
          });
        });
      const nothing = [undefined, undefined];
      expect(seen).toEqual([
        [undefined, undefined, 0n, undefined, undefined, undefined, undefined, ...nothing],
        [1, 1, 1n, 0n, 1, 1, 1, ...nothing],
        [2, 2, 2n, 1n, 2, 2, 2, ...nothing],
      ]);
      expect((await store.key(id(2)))?.publicKey).toEqual(bytes(3));
      expect(await store.accessLogSizes([id(1), id(8)])).toEqual(new Map([[id(1), 0n]]));
    });

    it("keeps organisations' keys, keys and their owners", async () => {
      await project(0n, async (writer) => {
        await writer.putOrganisation(id(1), create(OrganisationSchema, {name: 'One'}));
        await writer.putOrganisationKey(id(3), create(OrganisationKeySchema, {organisation: bytes(1), role: 2}));
        await writer.putOrganisationKey(id(2), create(OrganisationKeySchema, {organisation: bytes(1), role: 1}));
        await writer.putOrganisationKey(id(4), create(OrganisationKeySchema, {organisation: bytes(2), role: 6}));
        await writer.putKey(id(2), {publicKey: bytes(5), owner: create(KeyOwnerSchema, {kind: 1, identity: bytes(1)})});
      });
      expect((await store.organisationKeys(id(1))).map(({role}) => role)).toEqual([1, 2]);
      expect(await store.key(id(2))).toMatchObject({
        publicKey: bytes(5),
        owner: {kind: 1, identity: bytes(1), retired: false},
      });
      expect(await store.key(id(3))).toBeUndefined();
    });

    it('gives the newest version of a grant by its place in the chain, and all grants by id', async () => {
      const grant = (version: number): ReturnType<typeof create<typeof GrantSchema>> =>
        create(GrantSchema, {version, grantee: bytes(8)});
      await project(0n, async (writer) => {
        await writer.putGrant({patient: id(1), grantId: tag(2), height: 0n, index: 0}, grant(7));
        await writer.putGrant({patient: id(1), grantId: tag(2), height: 0n, index: 3}, grant(8));
        await writer.putGrant({patient: id(1), grantId: tag(1), height: 0n, index: 4}, grant(1));
        await writer.putGrant({patient: id(2), grantId: tag(2), height: 0n, index: 5}, grant(1));
      });
      await project(1n, async (writer) => {
        await writer.putGrant({patient: id(1), grantId: tag(2), height: 1n, index: 0}, grant(2));
        await writer.putReadsUsed(id(1), tag(2), 3n);
      });
      expect((await store.grant(id(1), tag(2)))?.version).toBe(2);
      expect(
        (await store.grantsOf(id(1))).map(({grantId, grant: {version}, readsUsed}) => [grantId, version, readsUsed]),
      ).toEqual([
        [tag(1), 1, 0n],
        [tag(2), 2, 3n],
      ]);
      expect([await store.grant(id(3), tag(2)), await store.readsUsed(id(3), tag(2))]).toEqual([undefined, 0n]);
    });

    it('keeps devices with every registration they had', async () => {
      await project(0n, async (writer) => {
        await writer.putDevice(id(5), create(DeviceSchema, {registration: 2, owner: bytes(2)}));
        await writer.putRegistration(id(5), 1, create(RegistrationSchema, {owner: bytes(1), removedAtHeight: 5n}));
        await writer.putRegistration(id(5), 2, create(RegistrationSchema, {owner: bytes(2)}));
        await writer.putRegistration(id(4), 1, create(RegistrationSchema, {owner: bytes(1)}));
      });
      expect((await store.registrationsOf(id(1))).map(({device, registration}) => [device, registration])).toEqual([
        [id(4), 1],
        [id(5), 1],
      ]);
      expect(await store.registration(id(5), 2)).toMatchObject({owner: bytes(2)});
      expect([await store.registration(id(5), 3), await store.device(id(6))]).toEqual([undefined, undefined]);
      const asked = [2, 3, 1, 2].map((registration) => ({device: id(5), registration}));
      const found = await store.registrationsAt([...asked, {device: id(6), registration: 1}]);
      expect(found.map((one) => one?.registration.owner)).toEqual([bytes(2), undefined, bytes(1), bytes(2), undefined]);
      expect(found[0]?.device).toMatchObject({registration: 2});
      expect(await store.registrationsAt([])).toEqual([]);
    });

    it('gives epoch statements by tag and epoch', async () => {
      await project(0n, async (writer) => {
        for (const [typeTag, epoch] of [
          [2, 1],
          [1, 10],
          [1, 2],
        ] as const) {
          await writer.putEpochStatement(
            {patient: id(1), typeTag: tag(typeTag), epoch},
            incomplete(SignedEpochStatementSchema, {statement: Uint8Array.of(typeTag, epoch)}),
          );
        }
      });
      const statements = async (typeTag?: string): Promise<number[][]> =>
        (await store.epochStatements(id(1), typeTag)).map(({statement}) => [...statement]);
      expect(await statements()).toEqual([
        [1, 2],
        [1, 10],
        [2, 1],
      ]);
      expect(await statements(tag(2))).toEqual([[2, 1]]);
    });

    it('gives successions by number, a page at a time', async () => {
      await project(0n, async (writer) => {
        for (const n of [300, 2, 1, 2 ** 32 - 1]) {
          await writer.putSuccession(
            {patient: id(1), n},
            incomplete(SignedKeySuccessionSchema, {succession: Uint8Array.of(n % 256)}),
          );
        }
        for (let n = 1; n <= 257; n += 1)
          await writer.putSuccession(
            {patient: id(2), n},
            incomplete(SignedKeySuccessionSchema, {succession: Uint8Array.of(n % 256)}),
          );
      });
      const first = async (patient: string, after: number): Promise<(number | undefined)[]> =>
        (await store.successions(patient, after)).map(({succession}) => succession[0]);
      expect(await first(id(1), 0)).toEqual([1, 2, 44, 255]);
      expect(await first(id(1), 2)).toEqual([44, 255]);
      expect(await first(id(1), 2 ** 32 - 1)).toEqual([]);
      expect(await first(id(2), 0)).toHaveLength(256);
      expect(await first(id(2), 256)).toEqual([1]);
      expect(await first(id(3), 0)).toEqual([]);
    });

    it('replaces the outcome of a transaction', async () => {
      const outcome = {txId: tx(1), txHash: tx(2), height: 0n, index: 0, code: 22, data: new Uint8Array()};
      await project(0n, (writer) => writer.putTransaction(outcome));
      await project(1n, (writer) => writer.putTransaction({...outcome, height: 1n, code: 0, data: Uint8Array.of(1)}));
      expect(await store.transaction(tx(1))).toEqual({...outcome, height: 1n, code: 0, data: Uint8Array.of(1)});
      expect(await store.transaction(tx(3))).toBeUndefined();
    });

    it('appends leaves, never a second one in the same place, and as many of a transaction as the ledger has', async () => {
      const leaf = (index: bigint, txId: string) => ({
        patient: id(1),
        index,
        height: 1n,
        txId,
        bytes: leafBytes(index),
      });
      await project(0n, async (writer) => {
        await writer.putPatient(id(1), create(PatientSchema, {sponsor: bytes(9)}));
        await writer.appendLeaf(leaf(0n, tx(1)));
        await writer.appendLeaf({...leaf(1n, tx(2)), verdict: {rule: 4, byGrant: false}});
      });
      expect(await store.accessLogSize(id(1))).toBe(2n);
      expect(await store.accessLogSize(id(2))).toBe(0n);
      expect(await store.leafOfTransaction(tx(2))).toMatchObject({
        patient: id(1),
        index: 1n,
        verdict: {rule: 4, byGrant: false},
      });
      expect((await store.leafAt(id(1), 0n))?.verdict).toBeUndefined();
      expect(toHex(encodeCanonical(AccessLeafSchema, (await store.leafAt(id(1), 0n))?.leaf as never))).toBe(
        toHex(leafBytes(0n)),
      );
      await expect(project(1n, (writer) => writer.appendLeaf(leaf(1n, tx(3))))).rejects.toThrow();
      await project(1n, (writer) => writer.appendLeaf(leaf(2n, tx(2))));
      expect(await store.accessLogSize(id(1))).toBe(3n);
      expect(await store.leafOfTransaction(tx(2))).toMatchObject({index: 1n});
    });
  });
}
