import {duration, path} from '@vitalvault/arguments';
import {toHex} from '@vitalvault/contracts';
import {parseGenesis} from '@vitalvault/light-client';
import {verifyAccessLog, verifyReceipt} from '@vitalvault/sdk';
import type {AccessLogTrust, ReceiptTrust} from '@vitalvault/sdk';
import {Option} from 'commander';
import type {Answer} from '../answer.js';
import {defineCommand} from '../define-command.js';
import {paperKind} from '../exchange.js';
import {readAccessLog} from '../log/access-log-file.js';
import {ofAKeptFile} from '../log/kept-file.js';
import {leafJson} from '../log/leaf-text.js';
import {witnessText} from '../log/witness-text.js';
import {readReceipts} from '../receipts-file.js';
import {columns, fields} from '../text/columns.js';

export const verifyCommand = defineCommand<{maxAge: number; strict?: boolean}>({
  name: 'verify',
  arguments: [
    [
      '<file>',
      'access log from `vv log --out`, or receipts from `vv device post --receipts`, `vv device receipts`, `vv patient prove-receipts`',
      path,
    ],
  ],
  summary:
    'check a saved access log or receipts offline, with nothing trusted but the genesis; exit code 1 when it does not hold',
  home: false,
  options: [
    new Option(
      '--max-age <duration>',
      'of an access log: how old the newest header may be, for example 60s, 1h, 30d, 1y',
    )
      .argParser(duration({least: 1, most: 1_000 * 31_557_600}))
      .default(60, '60s'),
    new Option('--strict', 'refuse an access log whose header nobody else gave'),
  ],
  examples: [
    'vv verify log.json --genesis genesis.json',
    'vv verify archive.json --genesis genesis.json --max-age 1y',
    'vv verify receipts.json --genesis genesis.json',
  ],
  run: (session, options, file) => {
    const genesis = parseGenesis(session.genesis());
    return paperKind(file) === 'receipts'
      ? verifyReceipts(file, {genesis, now: Date.now()})
      : verifyLog(file, {genesis, now: Date.now(), maxHeaderAgeMs: options.maxAge * 1000, strict: options.strict});
  },
});

function verifyLog(file: string, trust: AccessLogTrust): Answer {
  const evidence = readAccessLog(file);
  const {leaves, head, header, agreedBy, unusable, oneOrganisation} = ofAKeptFile(() =>
    verifyAccessLog(evidence, trust),
  );
  return {
    json: {
      holds: true,
      size: head.size,
      root: toHex(head.root),
      height: header.height,
      agreedBy,
      unusable,
      oneOrganisation,
      entries: leaves.map(leafJson),
    },
    text: fields({
      holds: 'yes: whole, unchanged, in order',
      entries: head.size,
      root: toHex(head.root),
      'proven by header': header.height,
      'header time': new Date(header.timeMs).toISOString(),
      'same header from': witnessText({agreedBy, unusable, oneOrganisation}),
    }),
  };
}

function verifyReceipts(file: string, trust: ReceiptTrust): Answer {
  const verified = ofAKeptFile(() => readReceipts(file).map((receipt) => verifyReceipt(receipt, trust)));
  const receipts = verified.map(({accepted, custodian, anchored}) => ({
    sequence: accepted.sequence,
    recordId: toHex(accepted.recordId),
    device: toHex(accepted.device),
    registration: accepted.registration,
    custodian,
    acceptedAtMs: accepted.acceptedAtMs,
    state: anchored === undefined ? 'accepted' : 'anchored',
    ...(anchored === undefined
      ? {}
      : {
          logIndex: anchored.index,
          height: anchored.height,
          txId: anchored.txId,
          provenByHeader: anchored.header.height,
        }),
  }));
  const anchored = receipts.filter(({state}) => state === 'anchored').length;
  return {
    json: {holds: true, receipts, anchored},
    text: [
      ...columns(
        receipts.map(({sequence, recordId, custodian, state, height}) => [
          `record ${sequence}`,
          `${recordId.slice(0, 16)}…`,
          custodian,
          state,
          height === undefined ? '' : `height ${height}`,
        ]),
      ),
      ...fields({holds: `yes: ${receipts.length} accepted, ${anchored} of them proven to be anchored`}),
    ],
  };
}
