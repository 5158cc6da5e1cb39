/** The parts of DER (ITU-T X.690) that a certificate needs. Each function encodes one value. */

export const TRUE = value(0x01, Buffer.from([0xff]));

export function sequence(...parts: readonly Buffer[]): Buffer {
  return value(0x30, ...parts);
}

export function set(...parts: readonly Buffer[]): Buffer {
  return value(0x31, ...parts);
}

/** @param bytes a positive number, with its highest bit 0 */
export function integer(bytes: Buffer): Buffer {
  return value(0x02, bytes);
}

export function octets(bytes: Buffer): Buffer {
  return value(0x04, bytes);
}

/** @param unused the number of bits at the end that do not count */
export function bits(bytes: Buffer, unused = 0): Buffer {
  return value(0x03, Buffer.from([unused]), bytes);
}

export function printable(letters: string): Buffer {
  return value(0x13, Buffer.from(letters, "ascii"));
}

/** @param time in the years 1950 to 2049 */
export function utcTime(time: Date): Buffer {
  const [year, ...rest] = time.toISOString().slice(2, 19).split(/[-T:]/);
  return value(0x17, Buffer.from(`${year}${rest.join("")}Z`, "ascii"));
}

/** @param id numbers with dots between them */
export function objectId(id: string): Buffer {
  const [first, second, ...rest] = id.split(".").map(Number);
  return value(0x06, Buffer.from([first! * 40 + second!, ...rest.flatMap(inSevenBits)]));
}

/** A constructed value with a number that the context explains. */
export function context(number: number, part: Buffer): Buffer {
  return value(0xa0 | number, part);
}

/** A primitive value with a number that the context explains. */
export function text(number: number, content: Buffer | string): Buffer {
  return value(0x80 | number, Buffer.from(content as string));
}

function value(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const digits = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length, ...digits]), content]);
}

function inSevenBits(number: number): number[] {
  const digits = [number & 0x7f];
  for (let rest = number >> 7; rest > 0; rest >>= 7) digits.unshift(0x80 | (rest & 0x7f));
  return digits;
}
