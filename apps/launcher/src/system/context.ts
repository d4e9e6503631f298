import type {IpfsIdentities} from '@vitalvault/genesis';
import type {BuiltEngines} from '../engines/build-engines.js';
import type {Identities} from '../genesis/ensure-genesis.js';
import type {Layout} from '../plan/layout.js';
import type {PortLayout} from '../plan/ports.js';
import type {Settings} from '../plan/settings.js';

/** What the specs of all processes are made from. */
export interface SystemContext {
  layout: Layout;
  settings: Settings;
  ports: PortLayout;
  engines: BuiltEngines;
  identities: Identities;
  ipfs: IpfsIdentities;
  /** Names of the processes that will run when the command is done. */
  active: ReadonlySet<string>;
}

export function engineDirectory(context: SystemContext, name: string): string {
  const directory = context.engines.get(name);
  if (directory === undefined) throw new Error(`${name} was not built`);
  return directory;
}
