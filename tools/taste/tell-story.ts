import {cast} from './cast.js';
import type {Narrator} from './narrator.js';
import {tellAccess} from './tell-access.js';
import {tellLog} from './tell-log.js';
import {tellReadings} from './tell-readings.js';

/** @param lie the platform leaves an entry out of the log that the patient asks for */
export async function tellStory(narrator: Narrator, lie: boolean): Promise<void> {
  const all = await cast();
  const sent = await tellReadings(all, narrator);
  await tellAccess(all, sent, narrator);
  await tellLog(all, narrator, lie);
}
