import {keyId, toHex} from '@vitalvault/contracts';
import {PEOPLE} from '@vitalvault/ledger-state/testing';
import {HOSPITAL} from '../../../test/support/release-world.js';
import {signedReleaseRequest} from '../../../test/support/signed-release-request.js';
import {SignedReleaseRequests} from './signed-release-requests.js';

const {clinician} = PEOPLE;
const organisation = toHex(HOSPITAL.id);
const tx = 'aa'.repeat(32);

function harness({laterMs = 0} = {}) {
  const spent = new Set<string>();
  const remember = (key: string, nonce: string): Promise<boolean> =>
    Promise.resolve(spent.size < spent.add(`${key} ${nonce}`).size);
  const requests = new SignedReleaseRequests({organisation, now: () => Date.now() + laterMs}, {remember});
  return {remember, check: (request: Uint8Array) => requests.check(request, tx, clinician.key)};
}

describe('SignedReleaseRequests', () => {
  it("takes a nonce that its signer spent at policy's own HTTP, and takes it once", async () => {
    const {remember, check} = harness();
    const request = signedReleaseRequest(tx, clinician, organisation);
    const nonce = /nonce="([^"]+)"/.exec(Buffer.from(request).toString('latin1'))?.[1] ?? '';
    expect(await remember(toHex(keyId(clinician.key)), nonce)).toBe(true);
    await check(request);
    await expect(check(request)).rejects.toMatchObject({code: 'signature-replayed'});
  });

  it('calls stale only what she has signed: it is charged to her', async () => {
    const {check} = harness({laterMs: 200_000});
    await expect(check(signedReleaseRequest(tx, clinician, organisation))).rejects.toMatchObject({
      code: 'signature-stale',
    });
    const forged = {key: clinician.key, privateKey: PEOPLE.patient.privateKey};
    await expect(check(signedReleaseRequest(tx, forged, organisation))).rejects.toMatchObject({
      code: 'signature-invalid',
    });
  });
});
