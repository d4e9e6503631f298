import {DomainError} from '@vitalvault/errors';
import {random} from '../../test/support/records.js';
import {Turns} from './turns.js';
import {VerifySignatures} from './verify-signatures.js';

const tooMany = new DomainError('quota-exceeded', {retryAfterSeconds: 1});

/** @param most signatures that may be wrong */
function world(most: number) {
  const did: string[] = [];
  const signatures = new VerifySignatures({
    turns: new Turns(),
    verifier: {verify: (key) => (did.push('verified'), key[0] === 1)},
  });
  const wrong = (): number => did.filter((one) => one.startsWith('wrong')).length;
  const ask = {
    devices: () => () => undefined,
    signature: () => (wrong() < most ? undefined : tooMany),
    wrong: (signer: string) => void did.push(`wrong ${signer}`),
  };
  const verify = async (first: number): Promise<string> => {
    const [publicKey, digest, signature] = [Uint8Array.of(first), random(32), random(64)];
    return (await signatures.execute({signer: 'device/1', publicKey, digest, signature}, ask))?.code ?? 'holds';
  };
  return {did, verify};
}

describe('VerifySignatures', () => {
  it('charges one that does not hold to who brought it, and one that holds to nobody', async () => {
    const {did, verify} = world(9);
    expect([await verify(1), await verify(2)]).toEqual(['holds', 'record-signature']);
    expect(did).toEqual(['verified', 'verified', 'wrong device/1']);
  });

  it('looks at none for an address that has brought too many', async () => {
    const {did, verify} = world(1);
    expect([await verify(2), await verify(1)]).toEqual(['record-signature', 'quota-exceeded']);
    expect(did).toEqual(['verified', 'wrong device/1']);
  });

  it('nor when it is found out while many wait for their turn', async () => {
    const {did, verify} = world(3);
    const codes = await Promise.all(Array.from({length: 100}, () => verify(2)));
    expect(codes.filter((code) => code === 'record-signature')).toHaveLength(3);
    expect(did.filter((one) => one === 'verified')).toHaveLength(3);
  });
});
