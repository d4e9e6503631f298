import {recordIdOfPosted, openAccepted} from '@vitalvault/envelope';
import {readRecord} from '../domain/incoming-record.js';
import {signer} from '../../test/support/fakes.js';
import {CHAIN, NOW_MS, device, organisation, record} from '../../test/support/records.js';
import {IssueReceipt} from './issue-receipt.js';

function incoming(sequence = 7n) {
  const posted = record({sequence, tagSequence: 1n, registration: 3});
  const read = readRecord(posted, CHAIN);
  if (read instanceof Error) throw read;
  return {posted, read};
}
const receipts = new IssueReceipt({chainId: CHAIN, organisation}, {signer});
const ingestKey = {alg: 1, publicKey: signer.publicKey};

describe('IssueReceipt', () => {
  it('says by whom, when, and which record of which device is durable', () => {
    const {posted, read} = incoming();
    expect(openAccepted(receipts.execute(read, NOW_MS), ingestKey)).toMatchObject({
      chainId: CHAIN,
      organisation,
      recordId: recordIdOfPosted(posted),
      device,
      registration: 3,
      sequence: 7n,
      acceptedAtMs: BigInt(NOW_MS),
    });
  });

  it('is signed by the ingest key, over these very bytes', () => {
    const receipt = receipts.execute(incoming().read, NOW_MS);
    const other = receipts.execute(incoming(8n).read, NOW_MS);
    expect(() => openAccepted({...receipt, accepted: other.accepted}, ingestKey)).toThrow(
      expect.objectContaining({code: 'bad-signature'}),
    );
  });

  it('is not made when the key cannot sign', () => {
    const broken = {
      ...signer,
      sign: () => {
        throw new Error('no key');
      },
    };
    expect(() =>
      new IssueReceipt({chainId: CHAIN, organisation}, {signer: broken}).execute(incoming().read, 1),
    ).toThrow('no key');
  });
});
