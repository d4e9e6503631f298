import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A platform with every real engine. */
export interface RunningSystem {
  /** Its data folder: endpoints.json, genesis.json, org/. */
  data: string;
  endpoints: {chainId: string; services: Record<'ingest' | 'policy' | 'storage' | 'notify', string>};
  genesis: string;
  stop: () => void;
}

/** The system whose data folder VITALVAULT_E2E_DATA names, or one of its own with a single validator, stopped and deleted at the end. */
export function runningSystem(): RunningSystem {
  const given = process.env['VITALVAULT_E2E_DATA'];
  const data = given ?? mkdtempSync(join(tmpdir(), 'vv-e2e-'));
  if (given === undefined) launcher('up', data, '--port-base', String(30_000 + (process.pid % 20) * 1_000), '--validators', '1');
  return {
    data,
    endpoints: JSON.parse(readFileSync(join(data, 'endpoints.json'), 'utf8')) as RunningSystem['endpoints'],
    genesis: readFileSync(join(data, 'genesis.json'), 'utf8'),
    stop: () => {
      if (given !== undefined) return;
      launcher('down', data);
      rmSync(data, {recursive: true, force: true});
    },
  };
}

function launcher(command: string, data: string, ...more: string[]): void {
  const {status, stdout, stderr} = spawnSync(process.execPath, [join(root, 'apps/launcher/dist/main.js'), command, '--data', data, ...more], {encoding: 'utf8', cwd: root});
  if (status !== 0) throw new Error(`launcher ${command}: ${stdout}${stderr}`);
}
