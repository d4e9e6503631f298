import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {TOPICS, encodeCanonical, toHex} from '@vitalvault/contracts';
import {revokeGrant} from '@vitalvault/ledger-state/testing';
import {eventually} from '@vitalvault/testkit';
import {Patient, random} from './support/people.js';
import {NotifySystem, access, codeOf} from './notify-system.js';

const system = new NotifySystem();
const {alertsOf, call, known, tell} = system;
beforeAll(() => system.start());
afterAll(() => system.stop());

describe('whose alerts', () => {
  it('knows a patient from her enrolment on, and her new key instead of the old one', async () => {
    const patient = new Patient();
    expect(await codeOf(await call(patient, 'GET', '/v1/alerts'))).toEqual([401, 'unknown-key']);
    await tell(patient, patient.enrolled());
    expect(await eventually(() => alertsOf(patient))).toEqual([]);
    const old = patient.key;
    await tell(patient, patient.newKey());
    await eventually(async () =>
      expect((await alertsOf(patient)).map(({text}) => text)).toEqual(['Your keys were changed.']),
    );
    patient.key = old;
    expect(await codeOf(await call(patient, 'GET', '/v1/alerts'))).toEqual([401, 'unknown-key']);
  });

  it.each<[string, (events: Uint8Array[]) => Uint8Array[]]>([
    ['twice', (events) => [...events, ...events]],
    ['from two replicas, one behind the other', ([first, ...rest]) => [first, ...rest, first] as Uint8Array[]],
    ['in the wrong order', (events) => events.toReversed()],
  ])('knows her by the newest of her keys when her events come %s', async (_how, come) => {
    const patient = new Patient();
    const keys = [patient.key];
    const events = [patient.enrolled()];
    for (let i = 0; i < 2; i++) {
      events.push(patient.newKey());
      keys.push(patient.key);
    }
    // Behind those of the one before her, so that hers are all there when the last one is.
    const last = new Patient();
    await tell(patient, ...come(events));
    await tell(patient, last.enrolled());
    await eventually(() => alertsOf(last));
    expect(await alertsOf(patient)).toHaveLength(2);
    for (const key of keys.slice(0, 2)) {
      patient.key = key;
      expect(await codeOf(await call(patient, 'GET', '/v1/alerts'))).toEqual([401, 'unknown-key']);
    }
  });

  it.each([
    ['GET', '/v1/alerts'],
    ['POST', `/v1/alerts/${'0'.repeat(64)}/ack`],
    ['GET', '/v1/channels'],
    ['PUT', '/v1/channels'],
    ['GET', '/v1/rules'],
    ['PUT', '/v1/rules'],
  ])('%s %s wants a signature', async (method, target) => {
    expect(
      await codeOf(
        await fetch(system.url + target, {
          method,
          ...(method === 'PUT' ? {body: '{}', headers: {'content-type': 'application/json'}} : {}),
        }),
      ),
    ).toEqual([401, 'signature-missing']);
  });

  it('takes a signed request once', async () => {
    const patient = await known();
    const headers = patient.sign('GET', '/v1/alerts');
    expect((await fetch(`${system.url}/v1/alerts`, {headers})).status).toBe(200);
    expect(await codeOf(await fetch(`${system.url}/v1/alerts`, {headers}))).toEqual([401, 'signature-replayed']);
  });

  it("shows and acknowledges nobody else's", async () => {
    const [patient, other] = [await known(), await known()];
    const decided = access(false);
    await tell(patient, patient.accessed(patient.request(), decided));
    const [alert] = await eventually(async () => {
      const found = await alertsOf(patient);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(await alertsOf(other)).toEqual([]);
    expect(await codeOf(await call(other, 'POST', `/v1/alerts/${alert?.id ?? ''}/ack`))).toEqual([404, 'not-found']);
    expect((await alertsOf(patient))[0]?.acknowledged).toBe(false);
    expect((await call(patient, 'POST', `/v1/alerts/${alert?.id ?? ''}/ack`)).status).toBe(204);
    expect((await alertsOf(patient))[0]?.acknowledged).toBe(true);
  });
});

describe('one alert per access', () => {
  it.each([
    ['policy first', true],
    ['the ledger first', false],
  ])('whichever tells first: %s', async (_name, policyFirst) => {
    const patient = await known();
    const [decided, request, grantId] = [access(true), patient.request(), random(16)];
    const byPolicy = (): Promise<unknown> => system.notify.queueAlert({alert: patient.accessAlert(request, decided)});
    const byLedger = async (): Promise<void> => {
      await tell(
        patient,
        patient.accessed(request, decided),
        patient.event({case: 'grant', value: {grantId}}, revokeGrant(patient.id, grantId)),
      );
      await eventually(async () =>
        expect((await alertsOf(patient)).some(({kind}) => kind === 'RIGHTS_CHANGED')).toBe(true),
      );
    };
    for (const way of policyFirst ? [byPolicy, byLedger, byPolicy] : [byLedger, byPolicy, byLedger]) await way();
    const accesses = (await alertsOf(patient)).filter(({kind}) => kind === 'ACCESS_PERMITTED');
    expect(accesses).toHaveLength(1);
    expect(accesses[0]).toMatchObject({
      id: toHex(patient.accessAlert(request, decided).alertId),
      subject: toHex(decided.txId),
      reader: toHex(decided.reader),
      permit: true,
      request: {
        grantId: toHex(request.grantId),
        typeTag: toHex(request.typeTag),
        slotFrom: request.slotFrom,
        slotTo: request.slotTo,
        purpose: request.purpose,
        action: request.action,
      },
    });
  });

  it('twenty at the same time are one, and many patients do not wait for each other', async () => {
    const patients = await Promise.all(Array.from({length: 4}, known));
    const told = patients.map((patient) => patient.accessAlert(patient.request(), access(true)));
    const fresh = await Promise.all(
      Array.from({length: 20}, (_none, index) => system.notify.queueAlert({alert: told[index % 4]!})),
    );
    expect(fresh.filter((answer) => answer.fresh)).toHaveLength(4);
    for (const patient of patients) expect(await alertsOf(patient)).toHaveLength(1);
  });

  it('takes alerts of other services from Kafka, once each', async () => {
    const patient = await known();
    const value = encodeCanonical(
      AlertSchema,
      patient.alert(AlertKind.STORAGE_CORRUPT, Buffer.from('bafkreiexample'), {text: 'A copy was changed.'}),
    );
    await system.producer.send(TOPICS.alerts, [
      {key: patient.id, value},
      {key: patient.id, value},
    ]);
    await eventually(async () =>
      expect((await alertsOf(patient)).map(({kind, text}) => [kind, text])).toEqual([
        ['STORAGE_CORRUPT', 'A copy was changed.'],
      ]),
    );
  });

  it('refuses an alert whose id is not that of what it says, and what only the ledger tells', async () => {
    const patient = await known();
    const [told, other] = [1, 2].map(() => patient.accessAlert(patient.request(), access(true)));
    for (const alert of [
      {...told!, alertId: random(32)},
      {...told!, reader: other!.reader},
      {...told!, patient: random(20)},
      patient.alert(AlertKind.RIGHTS_CHANGED, random(32)),
      patient.accessAlert(patient.request(), access(false)),
    ])
      await expect(system.notify.queueAlert({alert})).rejects.toMatchObject({code: 'invalid-field'});
    await expect(system.notify.queueAlert({})).rejects.toMatchObject({code: 'invalid-field'});
  });

  it('gives pages by number', async () => {
    const patient = await known();
    for (let i = 0; i < 5; i++)
      await system.notify.queueAlert({alert: patient.accessAlert(patient.request(), access(true))});
    const all = await alertsOf(patient);
    const [second, last] = [all[1]?.seq ?? '', all[4]?.seq ?? ''];
    expect(await alertsOf(patient, '?limit=2')).toEqual(all.slice(0, 2));
    expect(await alertsOf(patient, `?after=${second}&limit=2`)).toEqual(all.slice(2, 4));
    expect(await (await call(patient, 'GET', `/v1/alerts?after=${last}`)).json()).toEqual({alerts: [], next: last});
    expect(await codeOf(await call(patient, 'GET', '/v1/alerts?limit=0'))).toEqual([400, 'invalid-field']);
  });

  it('stands at a message of a later version, and says so: nobody is shown a list that lacks an alert', async () => {
    const patient = await known();
    const refused = (): Uint8Array => patient.accessed(patient.request(), access(false));
    await tell(patient, Uint8Array.from([...refused(), 0xf8, 0x07, 1]), refused());
    await eventually(async () => {
      const [status, body] = await system.host.readyz();
      expect([status, body]).toMatchObject([
        200,
        {
          degraded: [
            {
              part: 'kafka-consumer',
              at: expect.stringMatching(/^vv\.ledger\.events\.v1\/\d\/\d+$/) as string,
              reason: 'NewerMessage: a field that this version does not know in vitalvault.events.v1.LedgerEvent',
            },
          ],
        },
      ]);
    }, 30_000);
    expect(await codeOf(await call(patient, 'GET', '/v1/alerts'))).toEqual([503, 'follower-stopped']);
    // A key that may be told behind that message.
    expect(await codeOf(await call(new Patient(), 'GET', '/v1/alerts'))).toEqual([503, 'follower-stopped']);
    // Alerts before a release are durable as ever, and who has preferences can read them.
    expect(await system.notify.queueAlert({alert: patient.accessAlert(patient.request(), access(true))})).toMatchObject(
      {fresh: true},
    );
    expect((await call(patient, 'GET', '/v1/channels')).status).toBe(200);
  });
});
