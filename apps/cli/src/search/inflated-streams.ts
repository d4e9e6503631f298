import {constants, inflateRawSync, inflateSync, zstdDecompressSync} from 'node:zlib';

const MAX_INFLATED_BYTES = 4 * 1024 * 1024;
const SIZE_PREFIX_BYTES = 4;
const MAX_FRAME_BYTES = 65_536;

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
 * What lies compressed in `bytes`: gzip, zlib and zstd streams by their first bytes; raw deflate where a 32-bit length
 * stands before it, as in our payload frame; and `bytes` as a whole as raw deflate.
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
  for (const at of places(bytes, Buffer.from([0x00, 0x00]))) {
    if (looksFramed(bytes, at)) yield {at: at + SIZE_PREFIX_BYTES, open: openRaw};
  }
}

function* places(bytes: Buffer, magic: Buffer): Generator<number> {
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) yield at;
}

// uint32 BE length below 64 KiB, then a first block with fixed or dynamic Huffman codes that fits in the rest.
function looksFramed(bytes: Buffer, at: number): boolean {
  if (at + SIZE_PREFIX_BYTES >= bytes.length) return false;
  const length = bytes.readUInt32BE(at);
  const blockType = ((bytes[at + SIZE_PREFIX_BYTES] ?? 0) >> 1) & 3;
  return length > 16 && length < MAX_FRAME_BYTES && at + SIZE_PREFIX_BYTES + length <= bytes.length && (blockType === 1 || blockType === 2);
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
