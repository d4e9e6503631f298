/** Injection tokens of what has no class. */
export const ALERT_QUEUE = Symbol('ALERT_QUEUE');
export const PREFERENCES = Symbol('PREFERENCES');
export const TARGET_FAULT = Symbol('TARGET_FAULT');

/** Why a webhook may not be sent to a URL; undefined: it may. */
export type TargetFault = (url: string) => string | undefined;
