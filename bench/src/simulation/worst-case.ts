import {LIMITS} from '@vitalvault/contracts';
import type {Quota} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {DEFAULT_PARAMETERS} from '@vitalvault/ledger-state/testing';

type Numbers = typeof DEFAULT_PARAMETERS;

/**
 * Measured on a running validator: resident bytes of a key, of a leaf when a state is read at the start, and of
 * nothing.
 */
const RESIDENT = {key: 1_100, leaf: 148, nothing: 90 * 1_048_576};
/** Bytes of a leaf that a question makes; of a record on the chain and in the files of the state. */
const DISK = {access: 300, record: 298 + 400};

/** Keys that nobody answers for, of six keys with one validator: it may have itself written about. */
const UNPAID_OF_ONE = 14 + 1_001;

/** What actors at their ceilings have made of a ledger after some years. */
export interface WorstCase {
  readonly keys: number;
  readonly leaves: number;
  /** The part of each organisation: all that its people can take. */
  readonly partKeys: number;
  readonly partLeaves: number;
  /** Patients at their ceilings, without a succession, who fill the part of their sponsor. */
  readonly patientsOfPart: number;
  /** Hostile ones of its own who take what is kept for rights in it, of keys and of leaves. */
  readonly takeLastKeys: number;
  readonly takeLastLeaves: number;
  readonly memoryMiB: number;
  /** Of all records, on the chain and in the state's files. */
  readonly diskGiB: number;
  /** Of the largest transactions that one patient's rights allow: no ceiling bounds the chain itself. */
  readonly rightsOfOneGiB: number;
  /** Leaves of one patient's access log by readers whom she granted nothing, and by those whom she did. */
  readonly refusedLeaves: number;
  readonly grantedLeaves: number;
  readonly logMiB: number;
}

/**
 * Everybody does all that quotas and ceilings let her do, for `years`, about one patient with `organisations`
 * readers.
 */
export function worstCase(parameters: Numbers, years: number, organisations: number): WorstCase {
  const seconds = years * 365 * 86_400;
  const all = ({burst, refill, seconds: each}: Pick<Quota, 'burst' | 'refill' | 'seconds'>): number =>
    burst + refill * Math.floor(seconds / each);
  const [keys, leaves] = [Number(parameters.maxKeys), Number(parameters.maxLeaves)];
  const refusedLeaves = organisations * all(parameters.organisationRefusals);
  const grantedLeaves = Math.min(leaves, organisations * all(parameters.organisationRequests));
  const partKeys = Math.floor((keys - UNPAID_OF_ONE * organisations) / organisations);
  const partLeaves = Math.floor(leaves / organisations);
  // With the four successions that each has at once.
  const base = parameters.holdings.rights + 4 * parameters.holdingsPerSuccession.rights;
  return {
    keys,
    leaves,
    partKeys,
    partLeaves,
    patientsOfPart: Math.floor(partKeys / keysOfPatient(parameters)),
    takeLastKeys: Math.ceil(partKeys / 10 / base),
    takeLastLeaves: Math.ceil(partLeaves / 10 / base),
    memoryMiB: (RESIDENT.nothing + keys * RESIDENT.key + leaves * RESIDENT.leaf) / 1_048_576,
    diskGiB: (leaves * DISK.record) / 2 ** 30,
    rightsOfOneGiB: (all(parameters.rights) * LIMITS.txBytes) / 2 ** 30,
    refusedLeaves,
    grantedLeaves,
    logMiB: (refusedLeaves * DISK.access) / 1_048_576,
  };
}

/** Patient, key, nonces, log, holdings, used keys, a bucket and what is promised; a registration is five keys. */
function keysOfPatient({holdings: {tags, epochs, grants, registrations}}: Numbers): number {
  return 16 + tags + epochs + grants + 5 * registrations;
}
