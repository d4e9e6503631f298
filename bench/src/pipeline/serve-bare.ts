// The least that an ingest could be: an HTTP server that verifies each record's signature, signs its receipt, writes
// the record with acks=all through kafkajs, and answers. Whose device it is and what it may, it does not ask.
import {ALG_ES256K, build, decodeCanonical, encodeCanonical, sha256Of, taggedHash, toHex} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {AcceptedSchema, SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {PostedRecordsSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {publicKeyOf, recordIdOfPosted} from '@vitalvault/envelope';
import {Kafka, logLevel} from 'kafkajs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {NativeSecp256k1} from '../../../apps/ingest/src/adapters/secp256k1/native-secp256k1.js';

export interface BareOrder {
  readonly brokers: readonly string[];
  readonly topic: string;
  /** Public keys by device id, hexadecimal both. */
  readonly keys: Readonly<Record<string, string>>;
}

async function serve({brokers, topic, keys}: BareOrder): Promise<number> {
  const secp256k1 = new NativeSecp256k1();
  const privateKey = sha256Of(new TextEncoder().encode('a bare server'));
  const signer = secp256k1.signer({privateKey, publicKey: publicKeyOf(privateKey)});
  const kafka = new Kafka({clientId: 'bare', brokers: [...brokers], logLevel: logLevel.ERROR});
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({topics: [{topic, numPartitions: 6}], waitForLeaders: true});
  await admin.disconnect();
  const producer = kafka.producer({allowAutoTopicCreation: false});
  await producer.connect();
  const publicKeys = new Map(Object.entries(keys).map(([device, key]) => [device, Buffer.from(key, 'hex')]));

  const take = (record: PostedRecord) => {
    const header = decodeCanonical(RecordHeaderSchema, record.header);
    const id = recordIdOfPosted(record);
    const key = publicKeys.get(toHex(header.device));
    if (key === undefined || !secp256k1.verify(key, id, record.signature)) throw new Error('not signed by its device');
    const acceptedAtMs = BigInt(Date.now());
    const accepted = encodeCanonical(AcceptedSchema, {
      chainId: header.chainId,
      organisation: new Uint8Array(20),
      recordId: id,
      device: header.device,
      registration: header.registration,
      sequence: header.sequence,
      acceptedAtMs,
    });
    const signature = {
      alg: ALG_ES256K,
      publicKey: signer.publicKey,
      signature: signer.sign(taggedHash('accepted', accepted)),
    };
    const receipt = build(SignedAcceptedSchema, {accepted, signature});
    return {
      message: {
        key: Buffer.from(header.patient),
        value: Buffer.from(encodeCanonical(RecordAcceptedSchema, {record, receipt, acceptedAtMs})),
      },
      answer: {status: 'accepted', recordId: toHex(id), receipt: toHex(encodeCanonical(SignedAcceptedSchema, receipt))},
    };
  };

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void (async () => {
        const taken = decodeCanonical(PostedRecordsSchema, Buffer.concat(chunks)).records.map(take);
        await producer.send({topic, acks: -1, messages: taken.map(({message}) => message)});
        response.writeHead(202, {'content-type': 'application/json'});
        response.end(JSON.stringify({records: taken.map(({answer}) => answer)}));
      })().catch((error: unknown) => {
        process.emitWarning(String(error));
        response.writeHead(500).end();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

process.once('message', (order: BareOrder) => void serve(order).then((port) => process.send?.(port)));
process.once('disconnect', () => process.exit(0));
