/**
 * A duration to the second: `1:02:03` or `2:03`.
 *
 * @param seconds the duration in seconds
 */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${Math.floor((whole % 3600) / 60)}`;
  return `${hours > 0 ? `${hours}:${rest.padStart(2, "0")}` : rest}:${two(whole % 60)}`;
}
