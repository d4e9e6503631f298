import {forgedEnrolment} from '../forged-enrolment.js';
import type {Said} from '../said.js';
import type {StoryRun, Step} from '../story-run.js';

const TYPE = 'omh:heart-rate';
const FIRST_HOUR = '2016-04-01T00:00';

export const peopleStep: Step = {
  title: 'A clinician, a patient, her wearable; and those who are refused',
  async play(run) {
    const {cast, narrator, props} = run;
    // They do not know of one another, so they need not wait for one another either.
    const [clinician, patient] = await Promise.all([
      clinicianJoins(run),
      patientEnrols(run),
      enrols(run, cast.stranger),
    ]);
    narrator.say(
      'clinician',
      `${props.get('member')} Dr. Ada Keller, ${clinician.organisation}; height ${clinician.height}`,
    );
    narrator.say('patient', `${props.get('patient')}; height ${patient.height}`);
    narrator.say('her epoch keys', `${TYPE}, epoch 1 from ${FIRST_HOUR}; height ${patient.keysHeight}`);
    const [, outsider] = await Promise.all([watchIsRegistered(run), enrolsHerself(run)]);
    await strangersAreRefused(run, outsider);
  },
};

async function clinicianJoins({
  cast: {clinician, office},
  props,
  site,
}: StoryRun): Promise<{organisation: string; height: string}> {
  const member = (await clinician.does(['member', 'init'])).text('member');
  await clinician.does(['member', 'request', '--out', clinician.paper('member.json')]);
  const endorsed = await office.doesWithoutHome([
    'org',
    'endorse',
    '--key',
    site.sponsorKey(),
    '--in',
    clinician.paper('member.json'),
    '--name',
    'Ada Keller',
    '--title',
    'Dr.',
    '--out',
    office.paper('member.json'),
  ]);
  const joined = await clinician.does(['member', 'submit', '--in', office.paper('member.json')]);
  props.put('member', member);
  return {organisation: endorsed.text('organisation'), height: joined.text('height')};
}

async function patientEnrols(run: StoryRun): Promise<{height: string; keysHeight: string}> {
  const {
    cast: {patient},
    props,
  } = run;
  const {id, height} = await enrols(run, patient);
  props.put('patient', id);
  props.put('card', patient.paper('card.json'));
  await patient.does(['patient', 'card', '--out', patient.paper('card.json')]);
  const keys = await patient.does(['patient', 'publish-keys', '--type', TYPE, '--from', FIRST_HOUR]);
  return {height, keysHeight: keys.text('height')};
}

async function enrols(
  {cast: {office}, site}: StoryRun,
  patient: StoryRun['cast']['patient'],
): Promise<{id: string; height: string}> {
  const id = (await patient.does(['patient', 'init'])).text('patient');
  await patient.does(['patient', 'enrol-request', '--out', patient.paper('enrol.json')]);
  const signed = office.paper(`enrol-${patient.name}.json`);
  await office.doesWithoutHome([
    'org',
    'sponsor',
    '--key',
    site.sponsorKey(),
    '--in',
    patient.paper('enrol.json'),
    '--out',
    signed,
  ]);
  return {id, height: (await patient.does(['patient', 'enrol', '--in', signed])).text('height')};
}

async function watchIsRegistered({cast: {patient, watch}, narrator, props}: StoryRun): Promise<void> {
  const device = (await watch.does(['device', 'init', '--out', watch.paper('card.json')])).text('device');
  await patient.does([
    'patient',
    'register-device',
    '--device',
    watch.paper('card.json'),
    '--type',
    TYPE,
    '--from',
    FIRST_HOUR,
    '--out',
    patient.paper('registration.json'),
  ]);
  await watch.does([
    'device',
    'endorse',
    '--in',
    patient.paper('registration.json'),
    '--out',
    watch.paper('registration.json'),
  ]);
  const configured = await patient.does([
    'patient',
    'configure-device',
    '--in',
    watch.paper('registration.json'),
    '--type',
    TYPE,
    '--out',
    patient.paper('config.json'),
  ]);
  const taken = await watch.does(['device', 'configure', '--in', patient.paper('config.json')]);
  narrator.say(
    'wearable',
    `${device}, registration ${configured.text('registration')}; height ${configured.text('height')}`,
  );
  narrator.hold(
    'the wearable was registered with both signatures and took its signed configuration',
    taken.text('patient') === props.get('patient'),
  );
  await patient.does(['log', '--out', patient.paper('early-log.json')]);
  props.put('oldLog', patient.paper('early-log.json'));
}

async function strangersAreRefused(run: StoryRun, outsider: Awaited<ReturnType<typeof enrolsHerself>>): Promise<void> {
  const {
    cast: {stranger},
    narrator,
  } = run;
  const registration = ['--type', TYPE, '--out', stranger.paper('registration.json')];
  await stranger.does(['patient', 'register-device', '--device', run.cast.watch.paper('card.json'), ...registration]);
  const unproved = await stranger.tries([
    'patient',
    'configure-device',
    '--in',
    stranger.paper('registration.json'),
    '--type',
    TYPE,
  ]);
  const taken = await stealsTheWatch(run);

  narrator.hold(
    "without the device's signature: refused",
    unproved.errorMeta('codeName') === 'wrongSigners',
    unproved.errorText,
  );
  narrator.hold(
    'a stranger who holds the watch itself: refused, it is registered',
    taken.errorMeta('codeName') === 'deviceTaken',
    taken.errorText,
  );
  narrator.hold(
    'an identity that nobody sponsored: refused',
    outsider.unknown.errorMeta('codeName') === 'unknownKey',
    outsider.unknown.errorText,
  );
  narrator.hold(
    'an enrolment that she sponsored herself: refused',
    outsider.forged.errorMeta('codeName') === 'unknownKey',
    outsider.forged.errorText,
  );
}

async function stealsTheWatch({cast: {stranger, watch}}: StoryRun): Promise<Said> {
  const stolen = watch.copied('stolen-watch');
  await stolen.does([
    'device',
    'endorse',
    '--in',
    stranger.paper('registration.json'),
    '--out',
    stolen.paper('registration.json'),
    '--new-owner',
  ]);
  return stranger.tries(['patient', 'configure-device', '--in', stolen.paper('registration.json'), '--type', TYPE]);
}

async function enrolsHerself(run: StoryRun): Promise<{unknown: Said; forged: Said}> {
  const {
    cast: {outsider},
  } = run;
  await outsider.does(['patient', 'init']);
  const unknown = await outsider.tries(['patient', 'publish-keys', '--type', TYPE]);
  await outsider.does(['patient', 'enrol-request', '--out', outsider.paper('enrol.json')]);
  await forgedEnrolment(run, outsider.paper('enrol.json'), outsider.paper('forged.json'));
  return {unknown, forged: await outsider.tries(['patient', 'enrol', '--in', outsider.paper('forged.json')])};
}
