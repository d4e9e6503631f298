import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {thePlatform} from './platform/platform.js';

/** The running platform, as a client of it needs it. */
export interface RunningSystem {
  /** Its data folder: endpoints.json, genesis.json, org/. */
  data: string;
  endpoints: {chainId: string; services: Record<'ingest' | 'policy' | 'storage' | 'notify', string>};
  genesis: string;
}

/** @throws Error without VV_E2E_DATA */
export function runningSystem(): RunningSystem {
  const {data, genesisText} = thePlatform();
  return {
    data,
    genesis: genesisText,
    endpoints: JSON.parse(readFileSync(join(data, 'endpoints.json'), 'utf8')) as RunningSystem['endpoints'],
  };
}
