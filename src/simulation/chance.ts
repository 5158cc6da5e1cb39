/**
 * A number from 0 up to 1, which is always the same for the same numbers. So each run of a simulation has its own chance, and a
 * change to one job does not change the chances of the others.
 */
export function chanceOf(...numbers: readonly number[]): number {
  let state = 0;
  for (const number of numbers) state = mixed(state ^ number);
  return state / 2 ** 32;
}

/** A whole number for a text, for {@link chanceOf}. */
export function numberOf(text: string): number {
  let state = text.length;
  for (let i = 0; i < text.length; i++) state = mixed(state ^ text.charCodeAt(i));
  return state;
}

/** Spreads the bits of a whole number over 32 bits: each bit of the input changes about half of the output's. */
function mixed(number: number): number {
  let bits = (number + 0x9e3779b9) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}
