import {token} from '@vitalvault/http';
import type {AlertQueue, Follower, Preferences} from './application/ports.js';

/** Injection tokens of what has no class. */
export const ALERT_QUEUE = token<AlertQueue>('ALERT_QUEUE');
/** Of alerts and of the ledger's events. */
export const FOLLOWER = token<Follower>('FOLLOWER');
export const PREFERENCES = token<Preferences>('PREFERENCES');
export const TARGET_FAULT = token<TargetFault>('TARGET_FAULT');

/** Why a webhook may not be sent to a URL; undefined: it may. */
export type TargetFault = (url: string) => string | undefined;
