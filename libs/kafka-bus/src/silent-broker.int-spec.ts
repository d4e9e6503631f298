import {createLogger} from '@vitalvault/process';
import {createServer} from 'node:net';
import type {AddressInfo, Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';
import {KafkaProducer} from './kafka-producer.js';

describe('a broker whose port is open and that does not answer', () => {
  it('is given up within a send, nothing counts as sent, and the next that tries finds whether it answers by then', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const brokers = [`127.0.0.1:${String((silent.address() as AddressInfo).port)}`];
    const producer = new KafkaProducer({
      brokers,
      clientId: 'spec',
      logger: createLogger({service: 'spec', level: 'fatal'}),
    });
    for (const attempt of [1, 2]) {
      const [began, before] = [Date.now(), sockets.length];
      await expect(producer.send('t', [{key: new Uint8Array(1), value: new Uint8Array(1)}])).rejects.toMatchObject({
        code: 'bus-unavailable',
        detail: 'Nothing was sent.',
        retryAfterSeconds: 2,
      });
      expect([attempt, Date.now() - began < 4_000, sockets.length > before]).toEqual([attempt, true, true]);
      await sleep(1_100);
    }
    for (const socket of sockets) socket.destroy();
    silent.close();
    await producer.close();
  });
});
