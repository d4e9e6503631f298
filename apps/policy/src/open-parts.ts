import {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import {grpcClient} from '@vitalvault/grpc';
import type {ServiceHost} from '@vitalvault/http';
import {KafkaProducer, kafkaAccess} from '@vitalvault/kafka-bus';
import {LedgerClient, ledgerLogOf} from '@vitalvault/ledger-client';
import {currentTraceparent} from '@vitalvault/process';
import {openDatabase} from './adapters/prisma/database.js';
import type {PolicyConfig} from './config.js';

/** What the process holds open; each is closed with it. */
export type OpenParts = ReturnType<typeof openParts>;

/** notify answers when an alert is durable; whoever waits for a release waits for that too, but not longer. */
const ALERT_DEADLINE_MS = 5_000;

/** Opens the database and a client for each neighbour; none is asked for anything yet. */
export function openParts(config: PolicyConfig, {clientId, logger, opened}: ServiceHost<PolicyConfig>) {
  const closed = <T extends {close(): unknown}>(client: T): T => opened.add(client, (it) => it.close());
  const kafka = {...kafkaAccess(config), clientId, logger};
  const rpc = {rpcUrls: config.ledgerRpc, log: ledgerLogOf(logger)};
  return {
    database: opened.add(openDatabase(config), (it) => it.$disconnect()),
    /** Over all validators, with fail-over. */
    ledger: closed(new LedgerClient({...rpc, traceparent: currentTraceparent})),
    /** The follower's own, so that it knows who answered. */
    following: closed(new LedgerClient(rpc)),
    /** One for each validator, in the order of the configuration. */
    validators: config.ledgerRpc.map((url) => closed(new LedgerClient({...rpc, rpcUrls: [url]}))),
    notify: closed(
      grpcClient(NotifyService, {
        url: config.notifyGrpc,
        unavailable: 'notify-unavailable',
        deadlineMs: ALERT_DEADLINE_MS,
      }),
    ),
    kafka,
    producer: closed(new KafkaProducer(kafka)),
  };
}
