import {verifySignedHeader} from '@vitalvault/light-client';
import type {ParsedGenesis} from '@vitalvault/light-client';
import {ApiClient} from '../http/api-client.js';
import {SdkError} from '../sdk-error.js';
import type {Witness, WitnessedHeader} from './witnesses.js';

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

/**
 * Asks one witness after the other until so many gave a header of that height that the genesis' validators signed.
 * @returns all that was given
 */
export async function askWitnesses(
  witnesses: Iterable<Witness>,
  {height, needed, genesis, sleep}: WitnessQuestion,
): Promise<WitnessedHeader[]> {
  const given: WitnessedHeader[] = [];
  let signed = 0;
  for (const witness of witnesses) {
    const signedHeader = await headerFrom(witness, height, sleep);
    if (signedHeader === undefined) continue;
    given.push({name: witness.name, signedHeader});
    // A header of another height is true and says nothing: who gives that has not been asked enough.
    const verdict = verifySignedHeader(signedHeader, genesis, 'any-time');
    if (verdict.ok && verdict.header.height === height && ++signed === needed) break;
  }
  return given;
}

// The newest block may reach a witness a moment later.
async function headerFrom(
  {headerAt}: Witness,
  height: bigint,
  sleep: (ms: number) => Promise<void>,
): Promise<object | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await headerAt(height);
    } catch (error) {
      if (!(error instanceof SdkError) || error.code !== 'not-found' || attempt === ATTEMPTS) return undefined;
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
