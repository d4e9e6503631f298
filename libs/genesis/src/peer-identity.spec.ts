import {describe, expect, it} from '@jest/globals';
import {cometAddress, generateEd25519, keyFromCometJson, nodeKeyJson, privValidatorKeyJson} from './node-keys.js';
import {peerIdentity} from './peer-identity.js';

const unhex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

describe('node keys', () => {
  // RFC 8032 §7.1, test 1.
  const key = generateEd25519(unhex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'));

  it('derives the public key of RFC 8032', () => {
    expect(Buffer.from(key.publicKey).toString('hex')).toBe(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    );
  });

  it("survives CometBFT's two kinds of key file", () => {
    for (const json of [nodeKeyJson(key), privValidatorKeyJson(key)]) {
      expect(Buffer.from(keyFromCometJson(json)?.publicKey ?? [])).toEqual(Buffer.from(key.publicKey));
    }
  });

  it.each(['{"priv_key":{"value":c2VjcmV0}}', '{}', 'null', nodeKeyJson({...key, secret: key.secret.slice(1)})])(
    'finds no key in %s, and quotes nothing of it',
    (text) => expect(keyFromCometJson(text)).toBeUndefined(),
  );

  it("gives CometBFT's address: the first 20 bytes of SHA-256 of the key", () => {
    expect(cometAddress(key.publicKey)).toBe('21fe31dfa154a261626bf854046fd2271b7bed4b');
  });
});

describe('peerIdentity', () => {
  it('encodes the private key like the libp2p specification (peer-ids, test vector Ed25519)', () => {
    const secret = unhex(
      '7e0830617c4a7de83925dfb2694556b12936c477a0e1feb2e148ec9da60fee7d1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e',
    );
    const {privateKey} = peerIdentity(generateEd25519(secret.subarray(0, 32)));
    expect(Buffer.from(privateKey, 'base64').toString('hex')).toBe(`08011240${Buffer.from(secret).toString('hex')}`);
  });

  // What `ipfs init` and `ipfs-cluster-service init` made of these public keys.
  it.each([
    [
      'faa44a1be8cdbb0cb4b1bd327a65b5798626a4e72804c72bfb7141800ff2c6ab',
      '12D3KooWSgmPfxPwqpiRo38fPf6AkYn1fjenLhzj7y5Wu95MDj1c',
    ],
    [
      '6c76796cdf334f590b2c8a6b342867d0a9d06599158f97cd94c9b3cdeda9e205',
      '12D3KooWH7kym9BwTB13r8naQ6W4ecWH63PPx2ZdgiUkUifrTLjv',
    ],
  ])('gives the id that the engines give to %s', (publicKey, id) => {
    expect(peerIdentity({publicKey: unhex(publicKey), secret: new Uint8Array(64)}).id).toBe(id);
  });
});
