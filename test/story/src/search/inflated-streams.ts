import {constants, inflateRawSync, inflateSync, zstdDecompressSync} from 'node:zlib';

const MAX_INFLATED_BYTES = 4 * 1024 * 1024;

/** Where a stream may begin and how it is opened. */
interface Opening {
  at: number;
  open: (bytes: Buffer) => Buffer;
}

// A stream that is cut off still gives what came before.
const partly = {finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_INFLATED_BYTES};
const openZlib = (bytes: Buffer) => inflateSync(bytes, partly);
const openRaw = (bytes: Buffer) => inflateRawSync(bytes, partly);
// By hand: zlib's own gunzip takes what follows a stream for another one, and gives nothing at all when it is not.
const openGzip = (bytes: Buffer) => openRaw(bytes.subarray(gzipHeaderBytes(bytes)));
const openZstd = (bytes: Buffer) => zstdDecompressSync(bytes, {maxOutputLength: MAX_INFLATED_BYTES});

/**
 * What lies compressed in `bytes`: gzip, zlib and zstd streams by their first bytes, and `bytes` as a whole as raw
 * deflate.
 */
export function* inflatedStreams(bytes: Buffer): Generator<Buffer> {
  for (const opening of openings(bytes)) {
    const inflated = attempt(opening, bytes);
    if (inflated && inflated.length > 0) yield inflated;
  }
}

function* openings(bytes: Buffer): Generator<Opening> {
  yield {at: 0, open: openRaw};
  for (const at of places(bytes, Buffer.from([0x1f, 0x8b, 0x08]))) yield {at, open: openGzip};
  for (const at of places(bytes, Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))) yield {at, open: openZstd};
  for (const at of places(bytes, Buffer.from([0x78]))) {
    if (bytes.length > at + 2 && bytes.readUInt16BE(at) % 31 === 0) yield {at, open: openZlib};
  }
}

function* places(bytes: Buffer, magic: Buffer): Generator<number> {
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) yield at;
}

function attempt({at, open}: Opening, bytes: Buffer): Buffer | undefined {
  try {
    return open(bytes.subarray(at, at + MAX_INFLATED_BYTES));
  } catch {
    return undefined;
  }
}

// RFC 1952: ten bytes, then by flag an extra field, a name, a comment (both ended by zero) and a checksum.
function gzipHeaderBytes(bytes: Buffer): number {
  const flags = bytes[3] ?? 0;
  let at = 10;
  if (flags & 4) at += 2 + bytes.readUInt16LE(at);
  for (const text of [8, 16]) if (flags & text) at = bytes.indexOf(0, at) + 1;
  return flags & 2 ? at + 2 : at;
}
