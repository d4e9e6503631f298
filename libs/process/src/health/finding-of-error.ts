import {DomainError} from '@vitalvault/errors';
import {accessReason} from './access-reason.js';
import {faultName} from './fault-name.js';
import type {Finding} from './finding.js';

/**
 * Why something failed, for whoever runs the process: by codes and names, and what they say of a dependency. A database
 * that is away is told as that, whatever was looked at.
 */
export function findingOfError(error: unknown): Finding {
  const [name, why] = [faultName(error), accessReason(error)];
  const ofDatabase = error instanceof DomainError && error.code === 'database-unavailable';
  return {reason: why === undefined ? name : `${name}: ${why}`, ...(ofDatabase ? {part: 'database'} : {})};
}
