import {PolicyService} from '@vitalvault/contracts/gen/policy/v1/policy';
import {grpcClient} from '@vitalvault/grpc';
import type {ServiceHost} from '@vitalvault/http';
import {IpfsClusterClient, KuboClient} from '@vitalvault/ipfs-cluster-client';
import {KafkaProducer, kafkaAccess} from '@vitalvault/kafka-bus';
import {LedgerClient, ledgerLogOf} from '@vitalvault/ledger-client';
import {currentTraceparent} from '@vitalvault/process';
import {openDatabase} from './adapters/prisma/database.js';
import type {StorageConfig} from './config.js';

/** What the process holds open; each is closed with it. */
export type OpenParts = ReturnType<typeof openParts>;

/** Opens the database and a client for each neighbour; none is asked for anything yet. */
export function openParts(config: StorageConfig, {clientId, logger, opened}: ServiceHost<StorageConfig>) {
  const closed = <T extends {close(): unknown}>(client: T): T => opened.add(client, (it) => it.close());
  const kafka = {...kafkaAccess(config), clientId, logger};
  const rpc = {rpcUrls: config.ledgerRpc, log: ledgerLogOf(logger)};
  return {
    database: opened.add(openDatabase(config), (it) => it.$disconnect()),
    ledger: closed(new LedgerClient({...rpc, traceparent: currentTraceparent})),
    /** The follower's own, so that it knows who answered. */
    following: closed(new LedgerClient(rpc)),
    policy: closed(grpcClient(PolicyService, {url: config.policyGrpc, unavailable: 'policy-unavailable'})),
    cluster: new IpfsClusterClient({urls: config.ipfsCluster}),
    peers: config.kubo.map((gatewayUrl, index) => new KuboClient({gatewayUrl, index})),
    kafka,
    producer: closed(new KafkaProducer(kafka)),
  };
}
