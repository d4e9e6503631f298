import {createECDH, createPublicKey, verify} from 'node:crypto';
import type {KeyObject} from 'node:crypto';
import {sha256Of} from '@vitalvault/contracts';
import {signDigest, testKey} from '@vitalvault/ledger-state/testing';
import {nativeVerify} from '../../../apps/ledger-abci/src/crypto/native-verify.js';
import {goVerification} from '../chain/go-verification.js';
import {arms, quotient} from '../suite/arms.js';
import type {Row} from '../suite/row.js';
import {rate} from '../suite/timing.js';

const SIGNATURES = 500;
const MESSAGE_BYTES = 300;

/** Both get message, signature and public key; node:crypto has its key ready made, which ours has not. */
export const ROW_02: Row = {
  number: '2',
  title: 'verification on one core',
  arms: arms('verifications/s', 'ledger-abci', 'node:crypto'),
  claims: [{title: 'ledger-abci ÷ node:crypto', target: {atLeast: 5.5}, of: quotient('ledger-abci', 'node:crypto')}],
  rounds: {full: 21, quick: 7},
  setup: (context) => {
    const ours = nativeVerify();
    const inputs = Array.from({length: SIGNATURES}, (_, i) => inputOf(i));
    return {
      sample: (arm) =>
        rate(SIGNATURES, () => {
          for (const {message, signature, publicKey, keyObject} of inputs) {
            const holds =
              arm === 'node:crypto'
                ? verify('sha256', message, {key: keyObject, dsaEncoding: 'ieee-p1363'}, signature)
                : ours(publicKey, sha256Of(message), signature);
            if (!holds) throw new Error('a good signature does not hold');
          }
        }),
      facts: () => goVerification(context, SIGNATURES),
    };
  },
};

interface Input {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  /** Compressed. */
  readonly publicKey: Uint8Array;
  readonly keyObject: KeyObject;
}

function inputOf(number: number): Input {
  const signer = testKey(`bench signer ${String(number)}`);
  const message = new Uint8Array(MESSAGE_BYTES).fill(number);
  const ecdh = createECDH('secp256k1');
  ecdh.setPrivateKey(signer.privateKey);
  const point = ecdh.getPublicKey();
  const keyObject = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'secp256k1',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  return {message, signature: signDigest(signer, sha256Of(message)), publicKey: signer.key.publicKey, keyObject};
}
