import {AlertKind} from '@vitalvault/contracts/gen/events/v1/events';
import {z} from 'zod';
import {ALERT_KINDS} from '../../domain/alert.js';
import type {AlertKindName} from '../../domain/alert.js';
import {canBeSilenced} from '../../domain/rules.js';
import type {Rule} from '../../domain/rules.js';

const MAX_WEBHOOKS = 5;
const MAX_RULES = 50;

export const channelsBody = z.strictObject({
  webhooks: z
    .array(z.strictObject({url: z.string().min(1).max(2_048), secret: z.string().min(16).max(256)}))
    .max(MAX_WEBHOOKS)
    .refine((webhooks) => new Set(webhooks.map(({url}) => url)).size === webhooks.length, 'the same url twice'),
});

const identity = z.string().regex(/^[0-9a-f]{40}$/);
/** Hours and minutes, UTC. */
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

const ruleBody = z
  .strictObject({
    kind: z.enum(ALERT_KINDS as [AlertKindName, ...AlertKindName[]]),
    reader: identity.optional(),
    organisation: identity.optional(),
    quietFrom: clockTime.optional(),
    quietTo: clockTime.optional(),
    action: z.enum(['deliver', 'store']),
  })
  .refine(
    ({quietFrom, quietTo}) => (quietFrom === undefined) === (quietTo === undefined),
    'quietFrom and quietTo go together',
  )
  .refine(
    ({kind, action}) => action === 'deliver' || canBeSilenced(AlertKind[kind]),
    'refusals and changed data cannot be silenced',
  );
type RuleBody = z.infer<typeof ruleBody>;

export const rulesBody = z.strictObject({rules: z.array(ruleBody).max(MAX_RULES)});

export function fromRuleBody({kind, reader, organisation, quietFrom, quietTo, action}: RuleBody): Rule {
  return {
    kind: AlertKind[kind],
    action,
    ...(reader === undefined ? {} : {reader}),
    ...(organisation === undefined ? {} : {organisation}),
    ...(quietFrom === undefined || quietTo === undefined
      ? {}
      : {quiet: {from: minuteOf(quietFrom), to: minuteOf(quietTo)}}),
  };
}

export function toRuleBody({kind, reader, organisation, quiet, action}: Rule): RuleBody {
  return {
    kind: AlertKind[kind] as AlertKindName,
    ...(reader === undefined ? {} : {reader}),
    ...(organisation === undefined ? {} : {organisation}),
    ...(quiet === undefined ? {} : {quietFrom: clockTimeOf(quiet.from), quietTo: clockTimeOf(quiet.to)}),
    action,
  };
}

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const clockTimeOf = (minute: number): string =>
  [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
