import {beforeAll, describe, expect, it} from '@jest/globals';
import {decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {SignedAccepted} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {signAccepted} from '@vitalvault/envelope';
import {testOrganisation} from '@vitalvault/ledger-state/testing';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {people, readingsOf} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {verifyReceipt} from './record-receipt.js';
import type {RecordReceipt} from './record-receipt.js';

/** One bit, so that everything stays as long as it was. */
const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe('the receipt of a record, checked offline', () => {
  let all: People;
  let receipts: RecordReceipt[];

  const verdict = (receipt: RecordReceipt, genesis = all.ledger.genesis, now = all.platform.chain.timeMs) => {
    try {
      return verifyReceipt(receipt, {genesis, now});
    } catch (error) {
      return error as {code?: string; detail?: string; meta?: {reason?: string; fault?: string}};
    }
  };
  const trustAfter = (ms: number) => ({genesis: all.ledger.genesis, now: all.platform.chain.timeMs + ms});
  const whole = (): RecordReceipt => structuredClone(receipts[1]) as RecordReceipt;
  const acceptedWith = (change: (signed: SignedAccepted) => void): RecordReceipt => {
    const signed = decodeCanonical(SignedAcceptedSchema, fromHex(whole().accepted));
    change(signed);
    return {...whole(), accepted: toHex(encodeCanonical(SignedAcceptedSchema, signed))};
  };
  const provenWith = (change: (response: ProofResponse) => void): RecordReceipt => {
    const receipt = whole();
    const response = decodeCanonical(ProofResponseSchema, fromHex(receipt.anchored?.proof ?? ''));
    change(response);
    return {
      ...receipt,
      anchored: {
        proof: toHex(encodeCanonical(ProofResponseSchema, response)),
        signedHeader: receipt.anchored?.signedHeader ?? {},
      },
    };
  };

  beforeAll(async () => {
    all = await people();
    const {device, slot, platform, log} = all;
    await device.post(
      await device.seal(HEART_RATE, [
        ...readingsOf(slot - 3, 10),
        ...readingsOf(slot - 2, 10),
        ...readingsOf(slot - 1, 10),
      ]),
    );
    platform.anchor();
    receipts = await Promise.all(
      [1n, 2n, 3n].map(async (sequence) => {
        const receipt = await device.receipt(sequence);
        return {...receipt, anchored: await log.recordProof(BigInt(receipt.place?.index ?? '-1'))};
      }),
    );
    receipts = JSON.parse(JSON.stringify(receipts)) as RecordReceipt[];
  });

  it('holds: accepted by the custodian, anchored under a signed header, whatever its age', () => {
    expect(receipts.map((receipt) => verifyReceipt(receipt, trustAfter(10 * 365 * 86_400_000)))).toMatchObject(
      [1n, 2n, 3n].map((sequence) => ({
        custodian: 'hospital',
        accepted: {sequence, device: all.device.id},
        anchored: {index: sequence - 1n},
      })),
    );
  });

  it('without the proof says accepted and no more', () => {
    expect(verifyReceipt({accepted: whole().accepted}, trustAfter(0)).anchored).toBeUndefined();
  });

  it.each<[string, (signed: SignedAccepted) => void, string]>([
    [
      'of what was accepted',
      (signed) => {
        signed.accepted = flipped(signed.accepted, 40);
      },
      'the signature of the acceptance is wrong',
    ],
    [
      'of the signature',
      (signed) => {
        if (signed.signature) signed.signature.signature = flipped(signed.signature.signature, 5);
      },
      'the signature of the acceptance is wrong',
    ],
    [
      'of the key',
      (signed) => {
        if (signed.signature) signed.signature.publicKey = flipped(signed.signature.publicKey, 5);
      },
      'the signature of the acceptance is wrong',
    ],
  ])('with one bit %s changed is refused', (_, change, detail) => {
    expect(verdict(acceptedWith(change))).toMatchObject({code: 'receipt-invalid', detail});
  });

  it("signed by anybody but the custodian's ingest is refused", () => {
    const {accepted} = verifyReceipt(whole(), trustAfter(0));
    for (const impostor of [testOrganisation('clinic').ingest, testOrganisation('hospital').storage]) {
      const forged = toHex(encodeCanonical(SignedAcceptedSchema, signAccepted(accepted, impostor.privateKey)));
      expect(verdict({...whole(), accepted: forged})).toMatchObject({
        code: 'receipt-invalid',
        detail: 'the key that signed it was no ingest key of hospital',
      });
    }
  });

  it.each<[string, (response: ProofResponse) => void]>([
    [
      'of the leaf',
      (response) => {
        const [log] = response.logs;
        if (log) log.leaves = log.leaves.map((leaf) => flipped(leaf, 60));
      },
    ],
    [
      'of the proof of the leaf',
      (response) => {
        const [log] = response.logs;
        if (log) log.proof = flipped(log.proof, 3);
      },
    ],
    [
      "of the log's head",
      (response) => {
        const [state] = response.states;
        if (state) state.value = flipped(state.value, state.value.length - 1);
      },
    ],
    [
      'of a node above the head',
      (response) => {
        const [state] = response.states;
        if (state) state.siblings = state.siblings.map((hash, i) => (i === 0 ? flipped(hash, 0) : hash));
      },
    ],
    [
      'of the height',
      (response) => {
        response.height ^= 1n;
      },
    ],
    [
      'of the index',
      (response) => {
        const [log] = response.logs;
        if (log) log.indexes = log.indexes.map((index) => index ^ 1n);
      },
    ],
  ])('with one bit %s changed is not anchored', (_, change) => {
    expect(verdict(provenWith(change))).toMatchObject({code: 'proof-invalid'});
  });

  it('with one character of the header changed, or signed by too few, is not anchored', () => {
    const header = whole().anchored?.signedHeader as {
      header: {app_hash: string};
      commit: {signatures: {signature: string}[]};
    };
    const app = {
      ...header,
      header: {
        ...header.header,
        app_hash: header.header.app_hash.replace(/^./, (digit) => (digit === 'A' ? 'B' : 'A')),
      },
    };
    const proof = whole().anchored?.proof ?? '';
    expect(verdict({...whole(), anchored: {proof, signedHeader: app}})).toMatchObject({code: 'untrusted-header'});
    expect(verdict({...whole(), anchored: {proof, signedHeader: all.platform.chain.signedHeader(2)}})).toMatchObject({
      code: 'untrusted-header',
      meta: {reason: 'too-few-signatures'},
    });
  });

  it('under a header from the future is not anchored', () => {
    const {chain} = all.platform;
    expect(verdict(whole(), all.ledger.genesis, chain.timeMs - 60_000)).toMatchObject({anchored: {}});
    expect(verdict(whole(), all.ledger.genesis, chain.timeMs - 60_001)).toMatchObject({
      code: 'stale-header',
      meta: {reason: 'future-header'},
    });
  });

  it('with the proof of another record, or of another place, is not anchored', () => {
    const [first, second] = receipts as [RecordReceipt, RecordReceipt];
    expect(verdict({...first, anchored: second.anchored, place: second.place})).toMatchObject({
      code: 'proof-invalid',
      detail: 'another record than the accepted one is anchored there',
    });
    expect(verdict({...first, anchored: second.anchored})).toMatchObject({code: 'proof-invalid'});
    expect(verdict({accepted: first.accepted, anchored: first.anchored})).toMatchObject({
      code: 'proof-invalid',
      detail: 'it does not say where the record stands',
    });
  });

  it('of another ledger is refused', () => {
    expect(verdict(whole(), {...all.ledger.genesis, chainId: 'another'})).toMatchObject({
      code: 'receipt-invalid',
      detail: expect.stringContaining('it is of the ledger'),
    });
  });
});
