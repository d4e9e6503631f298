import {accessReason} from './access-reason.js';
import {faultName} from './fault-name.js';

/** Why something failed, for whoever runs the process: by codes and names, and what they say of a dependency. */
export function reasonOfError(error: unknown): string {
  const why = accessReason(error);
  return why === undefined ? faultName(error) : `${faultName(error)}: ${why}`;
}
