import type {DescMessage} from '@bufbuild/protobuf';
import {fromHex, toHex} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {
  DetailsContextSchema,
  ReleaseBundleContextSchema,
  WrapContextSchema,
} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {hpkeInfo, hpkeSealFrom} from '@vitalvault/envelope';
import type {HpkeUse} from '@vitalvault/envelope';
import {message} from './message-vector.ts';
import {CHAIN, grantId, idOf, keys, random, tag} from './vector-keys.ts';
import type {EncryptionName} from './vector-keys.ts';

/** One seal, with all that it is made of. */
export async function sealed<D extends DescMessage>(
  use: HpkeUse,
  to: EncryptionName,
  plaintext: Uint8Array,
  content: {schema: D; init: FieldsOf<D>},
) {
  const context = message(content.schema, content.init);
  const ephemeral = random(32);
  const value = await hpkeSealFrom({
    use,
    publicKey: keys[to].publicKey,
    context: fromHex(context.bytes),
    plaintext,
    ephemeral,
  });
  return {
    use,
    to,
    context,
    info: toHex(hpkeInfo(use, fromHex(context.bytes))),
    ikmE: toHex(ephemeral),
    plaintext: toHex(plaintext),
    sealed: toHex(value),
  };
}

/** The seals that no record has. */
export async function hpke() {
  return [
    await sealed('wrap', 'member-encryption', keys.epoch.privateKey, {
      schema: WrapContextSchema,
      init: {chainId: CHAIN, patient: idOf('patient'), grantId, grantee: idOf('member'), typeTag: tag, epoch: 1},
    }),
    await sealed('release-bundle', 'reader', random(84), {
      schema: ReleaseBundleContextSchema,
      init: {chainId: CHAIN, txId: random(32), organisation: idOf('organisation'), recordIds: [random(32), random(32)]},
    }),
    await sealed('details', 'patient-encryption', new TextEncoder().encode('{"message":"before your visit"}'), {
      schema: DetailsContextSchema,
      init: {chainId: CHAIN, patient: idOf('patient'), reader: idOf('member')},
    }),
  ];
}
