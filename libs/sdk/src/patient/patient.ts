import {
  build,
  compareBytes,
  decodeCanonical,
  DEVICE_CLASS,
  fromHex,
  keyId,
  LIMITS,
  slotOf,
  STATE_KIND,
  toHex,
} from '@vitalvault/contracts';
import {DeviceSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {signDeviceConfig} from '@vitalvault/envelope';
import {DeviceConfigSchema, SignedKeySuccessionSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {encodeDeviceConfig} from '../device/device-config.js';
import {privateHalf, publicHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {custodianFromGenesis} from '../ledger/genesis-keys.js';
import {bodyOfPart, encodePart} from '../ledger/part.js';
import type {TxResult} from '../ledger/transactions.js';
import {requireId, requireUint32} from '../require-argument.js';
import {SdkError} from '../sdk-error.js';
import {beginEpochs, sendEpochs} from './begin-epochs.js';
import type {BegunEpochs} from './begin-epochs.js';
import {takeIfProven} from './current-key.js';
import {dueEnding} from './due-endings.js';
import {earlierEpochs} from './epochs.js';
import {publishedTypes} from './patient-keys.js';
import {handOnKeys} from './hand-on-keys.js';
import {PatientContext} from './patient-context.js';
import type {PatientOptions} from './patient-context.js';
import {cardOf, tagOf} from './patient-keys.js';
import type {DueEnding, PatientCard} from './patient-keys.js';
import {replaceSigningKey} from './replace-signing-key.js';
import type {ReplacedKey} from './replace-signing-key.js';
import {settle, settleToGive} from './settle.js';
import {mayStillCome, requireNoneComing, signedRegistration} from './signed-registrations.js';

export interface DeviceToRegister {
  /** Public half of the device's key. */
  deviceKey: Pick<StoredKey, 'alg' | 'publicKey'>;
  typeNames: string[];
  deviceClass: keyof typeof DEVICE_CLASS;
  /** First slot that it may send records of. */
  fromSlot: number;
}

export interface ConfigToSign {
  registration: number;
  typeNames: string[];
  /** Organisations (hexadecimal ids) that store for her; their keys come from the genesis. */
  custodians: string[];
  /** URLs. */
  gateways: string[];
}

export interface RotatedEpochs extends BegunEpochs {
  /** Grants that go on and got the new epochs' keys. */
  rewrapped: string[];
}

/** A patient: her keys, epochs and devices. Grants and log: `PatientGrants`, `PatientLog`. */
export class Patient {
  readonly context: PatientContext;

  constructor(options: PatientOptions | PatientContext) {
    this.context = options instanceof PatientContext ? options : new PatientContext(options);
  }

  get card(): PatientCard {
    return cardOf(this.context.keys, this.context.ledger.chainId);
  }

  /**
   * What an app does when it opens, and every act of hers before anything else: settles by proof what was sent before,
   * and sends again what she took back and what the ledger does not prove to be over.
   * @returns what is still not proven
   */
  async settle(): Promise<readonly DueEnding[]> {
    await settle(this.context);
    return this.context.keys.endingsDue;
  }

  /**
   * Publishes the first epoch of each type. One that there is is extended backwards when it begins after `fromSlot`,
   * and else left alone.
   */
  async publishEpochs(typeNames: string[], fromSlot: number): Promise<BegunEpochs> {
    requireUint32('fromSlot', fromSlot);
    const {context} = this;
    await settleToGive(context);
    const known = new Set(publishedTypes(context.keys));
    const done: BegunEpochs = {results: [], outcomes: []};
    const earlier = earlierEpochs(context, typeNames, fromSlot);
    for (let at = 0; at < earlier.length; at += LIMITS.epochStatements) {
      const {result, outcomes} = await sendEpochs(context, earlier.slice(at, at + LIMITS.epochStatements));
      done.results.push(result);
      done.outcomes.push(...outcomes);
    }
    const first = await beginEpochs(context, {typeNames: typeNames.filter((name) => !known.has(name)), fromSlot});
    await handOnKeys(context);
    return {results: [...done.results, ...first.results], outcomes: [...done.outcomes, ...first.outcomes]};
  }

  /**
   * Begins the next epoch of each type in the slot of the newest block, and of whatever an interrupted run left over;
   * the grants that stand get its keys.
   */
  async rotate(typeNames: string[], onProgress?: (begun: number, all: number) => void): Promise<RotatedEpochs> {
    const {context} = this;
    await settleToGive(context);
    const begun = await beginEpochs(context, {
      typeNames: [...context.keys.epochsDue, ...typeNames],
      fromSlot: await context.ledger.slot(),
      onProgress,
    });
    return {...begun, rewrapped: (await handOnKeys(context)).map(({grantId}) => grantId)};
  }

  /**
   * A fresh signing key in the place of the current one, with all that hangs on it; goes on with one that was begun.
   * @throws SdkError `tx-refused`, `tx-timeout`
   */
  replaceSigningKey(onProgress?: (begun: number, all: number) => void): Promise<ReplacedKey> {
    return replaceSigningKey(this.context, onProgress);
  }

  /**
   * The owner's half of a registration, as one line for the device, which signs it too and may send it.
   * @throws SdkError `invalid-argument` while a registration of it that may still come is being removed
   */
  async registerDevice(device: DeviceToRegister): Promise<string> {
    requireUint32('fromSlot', device.fromSlot);
    const {context} = this;
    await settleToGive(context);
    const id = keyId(publicHalf(device.deviceKey));
    const {newest} = await this.newestOf(toHex(id));
    requireNoneComing(context.keys, {device: toHex(id), newest});
    const part = await context.transactions.part({
      case: 'registerDevice',
      value: {
        owner: context.id,
        deviceKey: publicHalf(device.deviceKey),
        typeTags: device.typeNames.map((name) => tagOf(context.keys, name)).toSorted(compareBytes),
        deviceClass: DEVICE_CLASS[device.deviceClass],
        fromSlot: device.fromSlot,
      },
    });
    const expiresAt = Number(bodyOfPart(part).expiresAtTime);
    signedRegistration(context.keys, {device: toHex(id), newest, expiresAt});
    await context.save();
    return encodePart(part);
  }

  /**
   * Takes a device out, or distrusts one that is removed already from an earlier slot. A registration that she signed
   * and that may still come ends too.
   * @param distrustFromSlot records of this slot and later are refused; default: the slot in which she asks
   * @param registration default: the newest one of the device, as the ledger proves it
   * @returns undefined when the ledger had it already
   * @throws SdkError `not-found` when the ledger has none, and nothing that this home signed can make it any more
   * @throws SdkError `tx-timeout`, `tx-refused`, …: it is not proven, and sent again by whatever is done next
   */
  async removeDevice(
    device: string,
    {distrustFromSlot, registration}: {distrustFromSlot?: number; registration?: number} = {},
  ): Promise<TxResult | undefined> {
    if (distrustFromSlot !== undefined) requireUint32('distrustFromSlot', distrustFromSlot);
    if (registration !== undefined) requireUint32('registration', registration);
    requireId('device', device, 20);
    const {context} = this;
    await takeIfProven(context);
    const {newest, slot, time} = await this.newestOf(device);
    // The ledger takes none from so late on; kept, it would be sent until it did.
    if (distrustFromSlot !== undefined && distrustFromSlot > slot + 1)
      throw new SdkError('invalid-argument', {detail: 'distrustFromSlot is in the future'});
    const coming = mayStillCome(context.keys, {device, newest, time});
    // A device that nobody registered has none: with 1 the ledger says so in its own words.
    const last = newest === 0 && coming.length === 0 ? [1] : [newest].filter((n) => n > 0);
    const registrations = registration === undefined ? [...last, ...coming] : [registration];
    const due = registrations.map((number) =>
      dueEnding(context.keys, {
        kind: 'removal',
        device,
        registration: number,
        distrustFromSlot: distrustFromSlot ?? slot,
        expiresAt: 0,
      }),
    );
    await context.save();
    return (await settle(context, {due}))?.result;
  }

  /** Its newest registration as the ledger proves it; 0: none. `time`: of the header, in Unix seconds. */
  private async newestOf(device: string) {
    const {ledger, keys} = this.context;
    const place = {kind: STATE_KIND.device, parts: [fromHex(device)]};
    const {answer, header} = await ledger.proofs(keys.signing, {keys: [place]});
    const value = answer.state(place.kind, place.parts);
    return {
      newest: value === undefined ? 0 : decodeCanonical(DeviceSchema, value).registration,
      slot: slotOf(header.timeSeconds),
      time: Number(header.timeSeconds),
    };
  }

  /** All that a device may know, signed, as one line. Each one has a higher version than the one before. */
  async deviceConfig(config: ConfigToSign): Promise<string> {
    const {keys, ledger} = this.context;
    await settleToGive(this.context);
    keys.configVersion += 1;
    await this.context.save();
    const slot = await ledger.slot();
    const types = config.typeNames
      .map((name) => ({name, tag: tagOf(keys, name)}))
      .toSorted((a, b) => compareBytes(a.tag, b.tag));
    const message = build(DeviceConfigSchema, {
      version: keys.configVersion,
      chainId: ledger.chainId,
      patient: this.context.id,
      ownerKey: publicHalf(keys.signing),
      recoveryKey: publicHalf(keys.recovery),
      registration: config.registration,
      typeTags: types.map(({tag}) => tag),
      typeNames: types.map(({name}) => name),
      custodians: config.custodians.map((id) => custodianFromGenesis(ledger.genesis.genesis, fromHex(id), slot)),
      gateways: config.gateways,
      successions: keys.successions.length,
    });
    const successions = keys.successions.map((signed) => decodeCanonical(SignedKeySuccessionSchema, fromHex(signed)));
    return encodeDeviceConfig(signDeviceConfig(message, privateHalf(keys.signing), successions));
  }

  /** Registrations as policy's projection lists them. */
  async devices(): Promise<unknown> {
    return this.list('devices');
  }

  /** Grants as policy's projection lists them. */
  async grants(): Promise<unknown> {
    return this.list('grants');
  }

  private async list(what: string): Promise<unknown> {
    const {ledger, keys} = this.context;
    return (await ledger.api.get('policy', `/v1/patients/${keys.patient}/${what}`, {signer: keys.signing})).json();
  }

  /** Sealed words of a reader about one of her requests; undefined when she left none. */
  async details(txId: string): Promise<Uint8Array | undefined> {
    const {ledger, keys} = this.context;
    try {
      return (await ledger.api.get('policy', `/v1/transactions/${txId}/details`, {signer: keys.signing})).bytes;
    } catch (error) {
      if (error instanceof SdkError && error.code === 'not-found') return undefined;
      throw error;
    }
  }
}
