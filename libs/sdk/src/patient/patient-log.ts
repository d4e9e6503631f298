import {LIMITS, STATE_KIND, toHex} from '@vitalvault/contracts';
import {JsonAnswer} from '../http/json-answer.js';
import {askWitnesses, organisationWitness, otherValidators} from '../ledger/ask-witnesses.js';
import {materialOf} from '../ledger/verified-ledger.js';
import {rememberedHead, verifyAccessLog} from './access-log.js';
import type {AccessLogEvidence, VerifiedAccessLog} from './access-log.js';
import {readNewEntries} from './new-entries.js';
import type {NewEntries} from './new-entries.js';
import {PatientContext} from './patient-context.js';
import type {PatientOptions} from './patient-context.js';

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

  /**
   * What came since the head that she remembers, which is remembered then; the log before is not read again. Nobody
   * else is asked for the header: `accessLog` does that.
   * @throws SdkError as `readNewEntries`
   */
  async newEntries(): Promise<NewEntries> {
    const entries = await readNewEntries(this.context);
    this.context.keys.logHead = rememberedHead(entries);
    await this.context.save();
    return entries;
  }

  /** The log as it is answered; of its checks only those that fetching it needs. */
  async fetchEvidence({validator, witnesses = []}: LogQuestion = {}): Promise<AccessLogEvidence> {
    const {keys, ledger, environment} = this.context;
    const {pages, height} = await this.fetchPages(validator);
    const others =
      witnesses.length > 0
        ? witnesses.map((url) => organisationWitness(url, ledger.api))
        : otherValidators(ledger.api, validator);
    // Who answered is not known unless one was named: of two validators that agree, one is another than that.
    const needed = witnesses.length > 0 || validator !== undefined ? 1 : 2;
    const {given, silent} = await askWitnesses(others, {
      height,
      needed,
      genesis: ledger.genesis,
      sleep: environment.sleep,
    });
    return {
      patient: keys.patient,
      pages,
      witnessesNeeded: needed,
      answeredBy: validator === undefined ? 'the own organisation' : `validator ${validator}`,
      witnesses: given,
      silent,
    };
  }

  /** @returns the pages, and the height of the first one's header */
  private async fetchPages(validator?: number): Promise<{pages: AccessLogEvidence['pages']; height: bigint}> {
    const pages: AccessLogEvidence['pages'] = [];
    await this.context.ledger.identify();
    const first = await this.fetchPage(0n, validator);
    pages.push(first.page);
    // The log may grow meanwhile: it is read to where it ended for the first page.
    for (let {next} = first; next !== undefined && next < first.size;) {
      const more = await this.fetchPage(next, validator);
      pages.push(more.page);
      next = more.next;
    }
    return {pages, height: first.height};
  }

  private async fetchPage(from: bigint, validator?: number) {
    const {keys, ledger, id} = this.context;
    const log = {kind: STATE_KIND.accessLog, patient: id, from, limit: LIMITS.proofLeaves};
    const answer = await ledger.api.get('policy', `/v1/patients/${keys.patient}/access-log`, {
      signer: keys.signing,
      query: {from: String(from), limit: log.limit, validator},
    });
    const material = materialOf(new JsonAnswer(answer.json(), 'access-log'));
    const {answer: proven, header} = ledger.verify(material, {keys: [{kind: log.kind, parts: [id]}], logs: [log]});
    const [given] = proven.logs;
    return {
      page: {proof: toHex(material.proof), signedHeader: material.signedHeader},
      size: given?.head.size ?? 0n,
      next: given?.next,
      height: header.height,
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
      logs: [{kind: STATE_KIND.recordLog, patient: id, indexes: [index]}],
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
