import {CODE, NotCanonicalError} from '@vitalvault/contracts';
import {requestAccess} from '@vitalvault/ledger-state/testing';
import {encodeBody, generateSigningKey, signTx} from '@vitalvault/envelope';
import {seededRandom} from '@vitalvault/testkit';
import {decodeBlock} from './decode-block.js';
import {ProjectionFault} from './projection-fault.js';

const {privateKey} = generateSigningKey(seededRandom('decode-block'));
const body = encodeBody({
  version: 1,
  chainId: 'c',
  expiresAtHeight: 1n,
  expiresAtTime: 1n,
  nonce: 1n,
  message: requestAccess(new Uint8Array(20).fill(1), {}),
});
/** Of a version that has a field more: number 99, the value 1. */
const newer = signTx(Uint8Array.from([...body, 0x98, 0x06, 0x01]), [privateKey]);
const decoded = (bytes: Uint8Array, code: number) =>
  decodeBlock({transactions: [{bytes, code, data: new Uint8Array(0)}]});

describe('decodeBlock', () => {
  it('keeps the places of what it reads', () => {
    const [known] = [signTx(body, [privateKey])];
    const data = new Uint8Array(0);
    const transactions = [
      {bytes: Uint8Array.of(1), code: CODE.undecodable, data},
      {bytes: known, code: 0, data},
    ];
    expect(decodeBlock({transactions}).map(({index, code}) => [index, code])).toEqual([[1, 0]]);
  });

  it('stops at a result code that it does not know', () => {
    expect(() => decoded(signTx(body, [privateKey]), 199)).toThrow(ProjectionFault);
  });

  it.each([CODE.undecodable, CODE.tooLarge])('leaves out what the ledger could not read either: %d', (code) => {
    expect(decoded(newer, code)).toEqual([]);
    expect(decoded(Uint8Array.of(1), code)).toEqual([]);
  });

  it.each(Object.values(CODE).filter((code) => code !== CODE.undecodable && code !== CODE.tooLarge))(
    'stops at what the ledger read and this program cannot: %d',
    (code) => {
      expect(() => decoded(newer, code)).toThrow(NotCanonicalError);
    },
  );
});
