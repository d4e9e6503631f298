import {txId} from '../../arguments/vocabulary.js';
import {path} from '@vitalvault/arguments';
import {SdkError, heartRateOf} from '@vitalvault/sdk';
import type {Opened} from '@vitalvault/sdk';
import {Option} from 'commander';
import {openMember, ticketOf} from '../../clinician/member-home.js';
import type {OpenedMember} from '../../clinician/member-home.js';
import {writePoints, writeReadings} from '../../clinician/readings-file.js';
import {EXIT} from '../../cli-error.js';
import {defineCommand} from '../../define-command.js';
import type {Session} from '../../session.js';
import {fields} from '../../text/columns.js';
import {plotReadings} from '../../text/heart-rate-plot.js';

export const fetchCommand = defineCommand<{tx: string; out?: string; points?: string; plot?: boolean}>({
  name: 'fetch',
  summary: 'have the keys of a permit released, and open and check every record',
  options: [
    new Option('--tx <id>', 'transaction of the permit').argParser(txId).makeOptionMandatory(),
    new Option('--out <file>', 'write the readings (plaintext, mode 0600)').argParser(path),
    new Option('--points <file>', 'write the Open mHealth data points, by record (plaintext, mode 0600)').argParser(
      path,
    ),
    new Option('--plot', 'draw them'),
  ],
  examples: [
    'vv clinician fetch --home keller --tx 3fa9… --plot',
    'vv clinician fetch --home keller --tx 3fa9… --out readings.json',
  ],
  run: async (session, options) => {
    const {secrets, clinician} = await openMember(session, 'look');
    const startedAt = performance.now();
    const opened = await fetchOpened(session, {secrets, clinician}, options.tx);
    const tookMs = Math.round(performance.now() - startedAt);
    const rates = ratesOf(opened);
    if (options.out !== undefined) writeReadings(options.out, rates);
    if (options.points !== undefined)
      writePoints(
        options.points,
        opened.records.map(({recordId, schemaId, readings}) => ({recordId, schemaId, points: readings})),
      );
    const {findings, records, copies, gaps} = opened;
    return {
      json: {
        records: records.length,
        readings: rates.length,
        copies,
        gaps,
        findings,
        tookMs,
        recordIds: records.map((record) => record.recordId),
      },
      text: [
        ...fields({
          records: records.length,
          readings: `${rates.length}${copies === 0 ? '' : `, ${copies} copies left out`}`,
          ...(gaps.length === 0 ? {} : {'other numbers': gapsText(gaps)}),
          findings: findings.length === 0 ? 'none' : findings.map(({kind, detail}) => `${kind}: ${detail}`).join('; '),
          took: `${tookMs} ms`,
        }),
        ...(options.plot === true
          ? plotReadings(
              rates.map(({unixSeconds, beatsPerMinute}) => ({unixSeconds, value: beatsPerMinute})),
              {columns: session.environment.columns, rows: 14},
            )
          : []),
      ],
      exit: findings.length === 0 ? EXIT.done : EXIT.refused,
    };
  },
});

/**
 * Fetches and opens. Without wraps nothing could be opened; storage is asked all the same, so that its own word is
 * heard.
 */
async function fetchOpened(session: Session, {secrets, clinician}: OpenedMember, txId: string): Promise<Opened> {
  try {
    return await clinician.fetch(ticketOf(secrets, txId));
  } catch (error) {
    if (!(error instanceof SdkError) || error.code !== 'wraps-missing') throw error;
    await session.api.post('storage', '/v1/releases', {
      signer: secrets.keys.signing,
      body: {txId},
      accept: 'application/vnd.vitalvault.release.v1+protobuf, application/problem+json',
    });
    throw error;
  }
}

/** No finding, but a reason to ask. */
function gapsText(gaps: Opened['gaps']): string {
  const runs = gaps.map(({device, from, to}) => `${from} to ${to} of device ${device.slice(0, 8)}`);
  return `${runs.join(', ')}: of other hours, later, or given up`;
}

function ratesOf({records}: Opened) {
  return records
    .flatMap(({readings}) => readings.map(heartRateOf))
    .map(({timeMs, beatsPerMinute, note}) => ({
      unixSeconds: timeMs / 1000,
      beatsPerMinute,
      ...(note === undefined ? {} : {note}),
    }))
    .sort((a, b) => a.unixSeconds - b.unixSeconds);
}
