import {createHash} from 'node:crypto';
import {inflateRawSync} from 'node:zlib';
import {fromHex} from '@vitalvault/contracts';
import {deflateVectors} from './deflate-vectors.ts';

const base64 = {
  taken: ['', 'AA==', 'AAE=', 'AAEC', '+/+/', '/w==', '//8='],
  refused: {
    'without its pads': 'AA',
    'with one pad too few': 'AA=',
    'with a pad too many': 'AAEC=',
    'of nothing but pads': '====',
    'with bits left over': 'AB==',
    'with more bits left over': 'AAF=',
    'of the other alphabet': '-_-_',
    'of both alphabets': '+_+_',
    'with a blank': 'AA EC',
    'with a line end': 'AAEC\n',
    'with a blank before it': ' AAEC',
    'in two parts': 'AA==AA==',
    'of one letter': 'A',
    'with a letter of no alphabet': 'AA*C',
    'with a letter beyond ASCII': 'AAÉC',
  },
};
const base64url = {
  taken: ['', 'AA', 'AAE', 'AAEC', '-_-_', '_w', '__8'],
  refused: {
    'with pads': 'AA==',
    'with a pad': 'AAE=',
    'with bits left over': 'AB',
    'with more bits left over': 'AAF',
    'of the other alphabet': '+/+/',
    'with a blank': 'AA EC',
    'with a line end': 'AAEC\n',
    'of one letter': 'A',
    'of five letters': 'AAECA',
    'with a letter of no alphabet': 'AA*C',
  },
};

/** Of `Tx`, `Body`, `SigningKey`, `PutGrant` and `Decision` (docs/protocol.md §1.2). */
const canonical = {
  taken: [
    {message: 'Tx', bytes: '', what: 'nothing'},
    {message: 'Tx', bytes: '0a01ff', what: 'bytes'},
    {message: 'Tx', bytes: '12001200', what: 'two messages that are empty'},
    {message: 'SigningKey', bytes: '0801120102', what: 'a number and bytes'},
    {message: 'SigningKey', bytes: '08ffffffff0f', what: 'the largest number of 32 bits'},
    {message: 'Body', bytes: '28ffffffffffffffffff01', what: 'the largest number of 64 bits'},
    {message: 'Body', bytes: '080128037a00', what: 'a member of a oneof that is empty'},
    {message: 'Body', bytes: '1203c3a461', what: 'a letter of two bytes'},
    {message: 'PutGrant', bytes: '32020102', what: 'numbers, packed'},
    {message: 'PutGrant', bytes: '32020000', what: 'numbers of zero, packed'},
    {message: 'Decision', bytes: '0801', what: 'what is true'},
  ],
  refused: [
    {message: 'SigningKey', bytes: '1201020801', why: 'fields out of order'},
    {message: 'SigningKey', bytes: '08010801', why: 'a field twice'},
    {message: 'Tx', bytes: '0a01ff0a01fe', why: 'bytes twice'},
    {message: 'SigningKey', bytes: '0800120102', why: 'a number of zero'},
    {message: 'SigningKey', bytes: '08011200', why: 'bytes of no length'},
    {message: 'Body', bytes: '1200', why: 'a text of no length'},
    {message: 'Decision', bytes: '0800', why: 'what is not true, written'},
    {message: 'Decision', bytes: '0802', why: 'more than true'},
    {message: 'SigningKey', bytes: '088100', why: 'a number longer than it need be'},
    {message: 'SigningKey', bytes: '088180808000', why: 'a number much longer than it need be'},
    {message: 'SigningKey', bytes: '08ffffffff1f', why: 'a number above 32 bits'},
    {message: 'Body', bytes: '28ffffffffffffffffff7f', why: 'a number above 64 bits'},
    {message: 'Body', bytes: '2880808080808080808080808001', why: 'a number of more than ten bytes'},
    {message: 'SigningKey', bytes: '880001', why: 'a field number longer than it need be'},
    {message: 'SigningKey', bytes: '1281000102', why: 'a length longer than it need be'},
    {message: 'SigningKey', bytes: '0801f80701', why: 'an unknown field'},
    {message: 'Tx', bytes: '1203f80701', why: 'an unknown field in a message that is held'},
    {message: 'Tx', bytes: '12021000', why: 'a default in a message that is held'},
    {message: 'SigningKey', bytes: '0001', why: 'a field of number 0'},
    {message: 'SigningKey', bytes: '0a0101', why: 'bytes where a number stands'},
    {message: 'SigningKey', bytes: '1001', why: 'a number where bytes stand'},
    {message: 'SigningKey', bytes: '0d01000000', why: 'four bytes where a number stands'},
    {message: 'Tx', bytes: '0b0c', why: 'a group'},
    {message: 'Tx', bytes: '0a0201', why: 'bytes that are cut'},
    {message: 'SigningKey', bytes: '08', why: 'a number that is cut'},
    {message: 'SigningKey', bytes: '080100', why: 'a byte behind its end'},
    {message: 'Body', bytes: '1201ff', why: 'text that is no UTF-8'},
    {message: 'Body', bytes: '1203eda080', why: 'half a surrogate pair'},
    {message: 'Body', bytes: '1202c080', why: 'a zero of two bytes'},
    {message: 'Body', bytes: '6a007a00', why: 'two members of a oneof'},
    {message: 'PutGrant', bytes: '30013002', why: 'numbers that are not packed'},
    {message: 'PutGrant', bytes: '320101320102', why: 'numbers packed in two parts'},
    {message: 'PutGrant', bytes: '3200', why: 'numbers packed, none'},
    {message: 'PutGrant', bytes: '3203810000', why: 'packed numbers longer than they need be'},
  ],
};

/** The whole of test/vectors/encodings.json: what every reader takes, and what every reader refuses. */
export function encodingVectors() {
  const deflate = deflateVectors();
  return {
    about:
      'Taken and refused alike by every reader of base64, canonical messages and payloads: docs/protocol.md §1.2, §3.2',
    base64: {taken: base64.taken.map(std), refused: refusals(base64.refused)},
    base64url: {taken: base64url.taken.map(url), refused: refusals(base64url.refused)},
    canonical,
    deflate: {
      taken: deflate.taken.map((one) => ({...one, ...inflated(fromHex(one.stream))})),
      refused: deflate.refused,
    },
  };
}

const std = (text: string) => ({text, bytes: Buffer.from(text, 'base64').toString('hex')});
const url = (text: string) => ({text, bytes: Buffer.from(text, 'base64url').toString('hex')});
const refusals = (texts: Readonly<Record<string, string>>) => Object.entries(texts).map(([why, text]) => ({why, text}));

/** By zlib, which is not what is tested. */
function inflated(stream: Uint8Array) {
  const bytes = inflateRawSync(stream);
  return {length: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex')};
}
