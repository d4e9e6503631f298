import {decodeCanonical} from '@vitalvault/contracts';
import {RegisterDeviceResultSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  ApiClient,
  Device,
  HEART_RATE,
  MemoryDeviceStores,
  MemoryNonceStore,
  Organisation,
  Patient,
  PatientContext,
  VerifiedLedger,
  acceptDeviceConfig,
  createPatientKeys,
  decodePart,
  endorseRegistration,
  enrol,
  enrolmentRequest,
  newSigningKey,
  submit,
  systemEnvironment,
  txOfPart,
} from '@vitalvault/sdk';
import type {StoredKey} from '@vitalvault/sdk';
import type {Cluster} from '#cluster/use/cluster.js';
import {FULLNAME, NAMESPACE} from '../bench.js';
import {clusterIp} from '../objects.js';

interface Data {
  data: Record<string, string>;
}

/** A patient with a registered device, over the Services of the release, from this machine. */
export interface Wearer {
  ledger: VerifiedLedger;
  context: PatientContext;
  device: Device;
  /** First slot of which the device may send records. */
  slot: number;
}

/** A client of the release's four services. Their addresses change when the release is installed anew. */
export async function ledgerOf(cluster: Cluster): Promise<VerifiedLedger> {
  const {data} = await cluster.kubectl.get<Data>('configmap', `${FULLNAME}-consortium`, '-n', NAMESPACE);
  const url = async (part: string) => `http://${await clusterIp(cluster, part)}:8080`;
  const [ingest, policy, storage, notify] = await Promise.all([
    url('ingest'),
    url('policy'),
    url('storage'),
    url('notify'),
  ]);
  return new VerifiedLedger({
    api: new ApiClient({endpoints: {ingest, policy, storage, notify}, organisation: data['organisation'] ?? ''}),
    genesis: data['genesis.json'] ?? '',
  });
}

export async function enrolWearer(cluster: Cluster): Promise<Wearer> {
  const ledger = await ledgerOf(cluster);
  const {random} = systemEnvironment();
  const {data} = await cluster.kubectl.get<Data>('configmap', `${FULLNAME}-consortium`, '-n', NAMESPACE);
  const organisation = data['organisation'] ?? '';
  const office = new Organisation({
    organisation,
    key: await sponsorKey(cluster),
    ledger,
    nonces: new MemoryNonceStore(),
  });
  const keys = createPatientKeys(random);
  await enrol(keys, ledger, await office.sponsor(enrolmentRequest(keys)));
  const context = new PatientContext({keys, ledger, nonces: new MemoryNonceStore(), save: () => Promise.resolve()});
  const patient = new Patient(context);
  const slot = (await ledger.slot()) - 100;
  await patient.publishEpochs([HEART_RATE], slot);
  const key = newSigningKey(random);
  const {part, owner, pairedKey} = endorseRegistration(
    await patient.registerDevice({deviceKey: key, typeNames: [HEART_RATE], deviceClass: 'wearable', fromSlot: slot}),
    key,
  );
  const {registration} = decodeCanonical(
    RegisterDeviceResultSchema,
    (await submit(ledger, txOfPart(decodePart(part)))).data,
  );
  const config = await patient.deviceConfig({
    registration,
    typeNames: [HEART_RATE],
    custodians: [organisation],
    gateways: ['http://ingest'],
  });
  const stores = new MemoryDeviceStores();
  const device = new Device({
    key,
    config: acceptDeviceConfig(config, {chainId: ledger.chainId, owner, pairedKey}).config,
    ledger,
    stores,
  });
  return {ledger, context, device, slot};
}

async function sponsorKey({kubectl}: Cluster): Promise<StoredKey> {
  const {data} = await kubectl.get<Data>('secret', `${FULLNAME}-key-sponsor`, '-n', NAMESPACE);
  return JSON.parse(Buffer.from(data['key.json'] ?? '', 'base64').toString('utf8')) as StoredKey;
}
