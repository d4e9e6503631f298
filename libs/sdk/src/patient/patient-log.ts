import {STATE_KIND, toHex} from '@vitalvault/contracts';
import {JsonAnswer} from '../http/json-answer.js';
import {askWitnesses, organisationWitness, otherValidators} from '../ledger/ask-witnesses.js';
import {materialOf} from '../ledger/verified-ledger.js';
import {SdkError} from '../sdk-error.js';
import {rememberedHead, verifyAccessLog} from './access-log.js';
import type {AccessLogEvidence, VerifiedAccessLog} from './access-log.js';
import {PatientContext} from './patient-context.js';
import type {PatientOptions} from './patient-context.js';

const PAGE_LEAVES = 1_000;

export interface AccessLogAnswer extends VerifiedAccessLog {
  evidence: AccessLogEvidence;
}

/** How an access log is asked for. */
export interface LogQuestion {
  /** Which of the organisation's RPCs is to answer; left out: whichever does, its own first. */
  validator?: number | undefined;
  /**
   * Base URLs of other organisations' policy services that are to give the same header. Without any, the other
   * validators that one's own policy service reaches are asked.
   */
  witnesses?: readonly string[] | undefined;
  /** Refuses a log whose header nobody else gives. */
  strict?: boolean | undefined;
}

/** Why an access was permitted or refused, for the patient's eyes. */
export interface Explanation {
  index: number;
  permit: boolean;
  rule: number;
  reason: string;
}

export interface PatientAlert {
  id: string;
  seq: string;
  kind: string;
  raisedAtMs: number;
  subject: string;
  text: string;
  raw: Record<string, unknown>;
}

/** What a patient sees of accesses to her data: the log, proven; its reasons; the alerts. */
export class PatientLog {
  readonly context: PatientContext;

  constructor(options: PatientOptions | PatientContext) {
    this.context = options instanceof PatientContext ? options : new PatientContext(options);
  }

  /**
   * Fetches the whole access log, has its header given by somebody else too, checks it all, and remembers its head.
   * @throws SdkError as `verifyAccessLog`
   */
  async accessLog(question: LogQuestion = {}): Promise<AccessLogAnswer> {
    const {keys, ledger, environment} = this.context;
    const evidence = await this.fetchEvidence(question);
    const verified = verifyAccessLog(evidence, {
      genesis: ledger.genesis,
      now: environment.now(),
      remembered: keys.logHead,
      strict: question.strict,
    });
    keys.logHead = rememberedHead(verified);
    await this.context.save();
    return {...verified, evidence};
  }

  /** The log as it is answered; of its checks only those that fetching it needs. */
  async fetchEvidence({validator, witnesses = []}: LogQuestion = {}): Promise<AccessLogEvidence> {
    const {keys, ledger, environment} = this.context;
    const pages: AccessLogEvidence['pages'] = [];
    let size = 0n;
    let height = 0n;
    let from = 0;
    await ledger.identify();
    do {
      const path = `/v1/patients/${keys.patient}/access-log`;
      const answer = await ledger.api.get('policy', path, {
        signer: keys.signing,
        query: {from, limit: PAGE_LEAVES, validator},
      });
      const material = materialOf(new JsonAnswer(answer.json(), 'access-log'));
      pages.push({proof: toHex(material.proof), signedHeader: material.signedHeader});
      const {
        answer: {
          logs: [log],
        },
        header,
      } = ledger.verify(material);
      if (log === undefined) throw new SdkError('proof-invalid', {detail: 'the answer holds no log'});
      if (pages.length === 1) [size, height] = [log.size, header.height];
      if (log.leaves.length === 0) break;
      from += log.leaves.length;
    } while (BigInt(from) < size);
    const others =
      witnesses.length > 0
        ? witnesses.map((url) => organisationWitness(url, ledger.api))
        : otherValidators(ledger.api, validator);
    // Who answered is not known unless one was named: of two validators that agree, one is another than that.
    const needed = witnesses.length > 0 || validator !== undefined ? 1 : 2;
    return {
      patient: keys.patient,
      pages,
      witnessesNeeded: needed,
      answeredBy: validator === undefined ? 'the own organisation' : `validator ${validator}`,
      witnesses: await askWitnesses(others, {height, needed, genesis: ledger.genesis, sleep: environment.sleep}),
    };
  }

  /**
   * A leaf of her record log with its proof, not checked: what makes a receipt of hers whole. @param index from the
   * receipt's place
   */
  async recordProof(index: bigint): Promise<{proof: string; signedHeader: object}> {
    const {keys, ledger, id} = this.context;
    const {material} = await ledger.proofs(keys.signing, {
      keys: [{kind: STATE_KIND.recordLog, parts: [id]}],
      logs: [{kind: STATE_KIND.recordLog, patient: id, from: index, limit: 1, inclusion: true}],
    });
    return {proof: toHex(material.proof), signedHeader: material.signedHeader};
  }

  /** The exact reason of an access decision; only she is told. */
  async explain(index: number | bigint): Promise<Explanation> {
    const {keys, ledger} = this.context;
    const answer = await ledger.api.get('policy', `/v1/patients/${keys.patient}/access-log/${index}/explain`, {
      signer: keys.signing,
    });
    const json = new JsonAnswer(answer.json(), 'explain');
    return {
      index: json.number('index'),
      permit: json.boolean('permit'),
      rule: json.number('rule'),
      reason: json.text('reason'),
    };
  }

  /** Alerts after a number, oldest first. */
  async alerts(after = '0', limit = 100): Promise<PatientAlert[]> {
    const {keys, ledger} = this.context;
    const answer = await ledger.api.get('notify', '/v1/alerts', {signer: keys.signing, query: {after, limit}});
    return new JsonAnswer(answer.json(), 'alerts').list('alerts').map(alertOf);
  }

  /** Alerts as they come (server-sent events), until `signal` aborts or the connection ends. */
  async *followAlerts(after = '0', signal?: AbortSignal): AsyncGenerator<PatientAlert> {
    const {keys, ledger} = this.context;
    const response = await ledger.api.stream('notify', '/v1/alerts', {
      signer: keys.signing,
      accept: 'text/event-stream',
      headers: {'last-event-id': after},
      ...(signal ? {signal} : {}),
    });
    if (response.body === null) return;
    let buffer = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      buffer += chunk;
      const events = buffer.split(/\r?\n\r?\n/);
      buffer = events.pop() ?? '';
      for (const event of events) {
        const data = event
          .split(/\r?\n/)
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice(5).trim())
          .join('\n');
        if (data !== '') yield alertOf(JSON.parse(data));
      }
    }
  }

  async acknowledge(alertId: string): Promise<void> {
    const {keys, ledger} = this.context;
    await ledger.api.post('notify', `/v1/alerts/${alertId}/ack`, {signer: keys.signing});
  }
}

function alertOf(value: unknown): PatientAlert {
  const json = new JsonAnswer(value, 'alert');
  return {
    id: json.text('id'),
    seq: String(json.raw('seq')),
    kind: String(json.raw('kind')),
    raisedAtMs: json.number('raisedAtMs'),
    subject: json.has('subject') ? json.text('subject') : '',
    text: json.has('text') ? json.text('text') : '',
    raw: value as Record<string, unknown>,
  };
}
