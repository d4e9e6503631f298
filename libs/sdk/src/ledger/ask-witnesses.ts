import {verifySignedHeader} from '@vitalvault/light-client';
import type {ParsedGenesis} from '@vitalvault/light-client';
import {ApiClient} from '../http/api-client.js';
import {SdkError} from '../sdk-error.js';
import type {SdkCode} from '../sdk-errors.js';
import type {SilentWitness, Witness, WitnessedHeader} from './witnesses.js';

const ATTEMPTS = 4;
const PAUSE_MS = 500;
const MAX_VALIDATORS = 100;

/** Another organisation's policy service; its headers are public. @param url base URL */
export function organisationWitness(url: string, api: ApiClient): Witness {
  const {environment} = api;
  const other = new ApiClient({
    endpoints: {ingest: url, policy: url, storage: url, notify: url},
    organisation: '',
    environment,
    attempts: 1,
  });
  return {name: new URL(url).host, headerAt: (height) => headerOf(other, height)};
}

/**
 * The other validators that one's own policy service reaches, one after the other. @param answeredBy the one that is no
 * witness to itself
 */
export function* otherValidators(api: ApiClient, answeredBy: number | undefined): Generator<Witness> {
  let end = MAX_VALIDATORS;
  for (let validator = 0; validator < end; validator++) {
    if (validator === answeredBy) continue;
    yield {
      name: `validator ${validator}`,
      headerAt: async (height) => {
        try {
          return await headerOf(api, height, validator);
        } catch (error) {
          // There is none of this number, so none above it either.
          if (error instanceof SdkError && error.code === 'invalid-field') end = validator;
          throw error;
        }
      },
    };
  }
}

export interface WitnessQuestion {
  height: bigint;
  needed: number;
  genesis: ParsedGenesis;
  sleep: (ms: number) => Promise<void>;
}

export interface Testimony {
  /** All that was given. */
  given: WitnessedHeader[];
  /** Who gave none, and why. */
  silent: SilentWitness[];
}

/** Asks one witness after the other until so many gave a header of that height that the genesis' validators signed. */
export async function askWitnesses(
  witnesses: Iterable<Witness>,
  {height, needed, genesis, sleep}: WitnessQuestion,
): Promise<Testimony> {
  const given: WitnessedHeader[] = [];
  const silent: SilentWitness[] = [];
  let signed = 0;
  for (const witness of witnesses) {
    const {name} = witness;
    const signedHeader = await headerFrom(witness, height, sleep);
    // None of that number is nobody who could have spoken.
    if (signedHeader === 'invalid-field') continue;
    if (typeof signedHeader === 'string') {
      silent.push({name, reason: signedHeader});
      continue;
    }
    given.push({name, signedHeader});
    // A header of another height is true and says nothing: who gives that has not been asked enough.
    const verdict = verifySignedHeader(signedHeader, genesis, 'any-time');
    if (verdict.ok && verdict.header.height === height && ++signed === needed) break;
  }
  return {given, silent};
}

/** The newest block may reach a witness a moment later. @returns the code of what kept it from speaking */
async function headerFrom(
  {headerAt}: Witness,
  height: bigint,
  sleep: (ms: number) => Promise<void>,
): Promise<object | SdkCode> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await headerAt(height)) ?? 'answer-malformed';
    } catch (error) {
      if (!(error instanceof SdkError)) return 'answer-malformed';
      if (error.code !== 'not-found' || attempt === ATTEMPTS) return error.code;
      await sleep(PAUSE_MS);
    }
  }
}

async function headerOf(api: ApiClient, height: bigint, validator?: number): Promise<object | undefined> {
  const answer = (await api.get('policy', `/v1/chain/${height}`, {query: {validator}, attempts: 1})).json() as {
    signedHeader?: unknown;
  } | null;
  return typeof answer?.signedHeader === 'object' && answer.signedHeader !== null ? answer.signedHeader : undefined;
}
