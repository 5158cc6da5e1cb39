/**
 * Characters that a reader does not see, or that change the order or the look of other characters: control characters
 * except for tab and line feed, marks of direction, and characters without width.
 */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text with each hidden character written as its code, such as `\u202e`. A carriage return before a line feed is removed. */
export function visible(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(HIDDEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
