import {disconnect, failOver, olderStore, readOnly} from './faults/databases.js';
import {failingFsync, fullDisk, lostVolume} from './faults/disks.js';
import type {Kind} from './faults/fault.js';
import {emptyKafka, olderKafka} from './faults/kafkas.js';
import {freeze, kill} from './faults/processes.js';
import {rolling, secondReplica, twoOfEach, versionSkew, wrongClock} from './faults/rollouts.js';
import {hangingWebhook, way} from './faults/ways.js';
import {mayMount} from './small-disk.js';
import {isInstalled} from './stage.js';

/** Every kind by its name; a kill is counted for itself. */
export const FAULTS: Readonly<Record<string, Kind>> = {
  kill: {play: kill, weight: 14, kills: true},
  pause: {play: freeze, weight: 3},
  'rolling restart': {play: rolling, weight: 1, slow: true},
  'two of each': {play: twoOfEach, weight: 2, slow: true},
  'second replica': {play: secondReplica, weight: 1, kills: true},
  'version skew': {play: versionSkew, weight: 1, most: 1, slow: true},
  'wrong clock': {play: wrongClock, weight: 1, slow: true},
  'cut way': {play: way((link) => link.cut(), 5_000), weight: 2},
  'hanging way': {play: way((link) => link.hold(), 6_000), weight: 2},
  // Of a lost connection to the database each query waits its ten seconds out: a minute has no time for that.
  'lost way': {play: way((link) => link.lose(), 6_000), weight: 2, slow: true},
  'slow way': {play: way((link, chance) => link.slow(chance.between(50, 400)), 8_000), weight: 2},
  'hanging webhook': {play: hangingWebhook, weight: 1},
  'read-only database': {play: readOnly, weight: 1},
  'database connections lost': {play: disconnect, weight: 1},
  'store restored': {play: olderStore, weight: 1, most: 2, slow: true},
  'fail-over, synchronous': {play: failOver('synchronous'), weight: 1, most: 2, slow: true},
  'fail-over, asynchronous': {play: failOver('asynchronous'), weight: 1, most: 2, slow: true},
  'failing fsync': {play: failingFsync, weight: 1, slow: true, possible: (path) => isInstalled('strace', path)},
  'full disk': {play: fullDisk, weight: 1, slow: true, possible: mayMount},
  'IPFS volume lost': {play: lostVolume, weight: 1, most: 1, slow: true},
  'Kafka made anew': {play: emptyKafka, weight: 1, most: 1, slow: true},
  'Kafka restored': {play: olderKafka, weight: 1, most: 1, slow: true},
};
