import {toHex} from '@vitalvault/contracts';
import type {RandomBytes} from '@vitalvault/envelope';

export const HEART_RATE = 'omh:heart-rate';
export const HEART_RATE_SCHEMA = 'omh:heart-rate:2.0';

/**
 * Beats a minute that a heart can have: below, nobody lives; above, no fibrillation was counted. A number beyond is a
 * fault of the sensor or of the file.
 */
const LEAST_RATE = 15;
const HIGHEST_RATE = 350;

export function isPlausibleRate(beatsPerMinute: number): boolean {
  return beatsPerMinute >= LEAST_RATE && beatsPerMinute <= HIGHEST_RATE;
}

/** One measurement of a sensor. */
export interface HeartRate {
  /** Unix milliseconds of the measurement. */
  timeMs: number;
  beatsPerMinute: number;
  /** The wearer's own words. */
  note?: string | undefined;
  /** Name of the sensor or file; default "wearable". */
  source?: string | undefined;
}

/** A reading that a device can seal: when it was and its data point as JSON text. */
export interface Reading {
  timeMs: number;
  text: string;
}

/**
 * Open mHealth data point of a heart rate: omh:heart-rate:2.0 under header 1.2, sensed.
 * @param createdMs Unix milliseconds of the encoding
 */
export function heartRateReading(rate: HeartRate, createdMs: number, random: RandomBytes): Reading {
  const time = new Date(rate.timeMs).toISOString();
  const point = {
    header: {
      id: uuid(random),
      creation_date_time: new Date(createdMs).toISOString(),
      schema_id: {namespace: 'omh', name: 'heart-rate', version: '2.0'},
      acquisition_provenance: {
        source_name: rate.source ?? 'wearable',
        modality: 'sensed',
        source_creation_date_time: time,
      },
    },
    body: {
      heart_rate: {value: rate.beatsPerMinute, unit: 'beats/min'},
      effective_time_frame: {date_time: time},
      ...(rate.note === undefined ? {} : {user_notes: rate.note}),
    },
  };
  return {timeMs: rate.timeMs, text: JSON.stringify(point)};
}

/** The measurement in a data point that `faultOfDataPoint` found valid. */
export function heartRateOf(text: string): HeartRate {
  const {body} = JSON.parse(text) as {
    body: {
      heart_rate: {value: number};
      effective_time_frame: {date_time?: string; time_interval?: {start_date_time?: string}};
      user_notes?: string;
    };
  };
  const {date_time: time, time_interval: interval} = body.effective_time_frame;
  return {
    timeMs: Date.parse(time ?? interval?.start_date_time ?? ''),
    beatsPerMinute: body.heart_rate.value,
    note: body.user_notes,
  };
}

function uuid(random: RandomBytes): string {
  const bytes = Uint8Array.from(random(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
