import {open, stat} from 'node:fs/promises';
import {setTimeout as pause} from 'node:timers/promises';
import {CliError} from '../cli-error.js';
import {spansOfLine} from './otlp-lines.js';
import {sendToZipkin, zipkinSpan} from './zipkin-trace.js';

/** Of a file that was there before: about as many spans as Zipkin keeps. */
const LOOK_BACK_BYTES = 64 * 2 ** 20;
const READ_BYTES = 4 * 2 ** 20;
const LOOK_MS = 300;
const AWAY_MS = 2_000;
const NEWLINE = 10;

/** Gives what the Collector writes into its file to a Zipkin, as it comes; each span in its own trace. */
export class ZipkinFeed {
  #at: number | undefined;
  sent = 0;

  constructor(
    private readonly file: string,
    private readonly zipkin: string,
  ) {}

  /** Sends what is there. What Zipkin does not take is sent the next time. @throws CliError `zipkin-away` */
  async send(): Promise<void> {
    const size = (await stat(this.file).catch(() => undefined))?.size ?? 0;
    // A file that is shorter than it was began anew.
    if (this.#at === undefined || size < this.#at) this.#at = Math.max(0, size - LOOK_BACK_BYTES);
    while (this.#at < size) {
      const lines = await this.#linesFrom(this.#at);
      if (lines.length === 0) return;
      const spans = lines.toString().split('\n').flatMap(spansOfLine).map(zipkinSpan);
      await sendToZipkin(this.zipkin, spans);
      this.sent += spans.length;
      this.#at += lines.length;
    }
  }

  /** Goes on for ever, also when Zipkin is away for a while. */
  async follow(): Promise<never> {
    for (;;) {
      const isAway = await this.send().then(
        () => false,
        (error: unknown) => {
          if (error instanceof CliError) return true;
          throw error;
        },
      );
      await pause(isAway ? AWAY_MS : LOOK_MS);
    }
  }

  /** Whole lines; a line is longer than one reading only where something else was written into the file. */
  async #linesFrom(at: number): Promise<Buffer> {
    const handle = await open(this.file, 'r');
    try {
      const {buffer, bytesRead} = await handle.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, at);
      const end = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
      return buffer.subarray(0, end === 0 && bytesRead === READ_BYTES ? bytesRead : end);
    } finally {
      await handle.close();
    }
  }
}
