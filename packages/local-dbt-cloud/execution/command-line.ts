/** The words of a command line, or the reason why it cannot be split. */
export type Words = readonly string[] | { readonly reason: string };

/** An escaped character, a quoted piece or a plain piece. */
const PIECE = /\\([^])|"((?:[^"\\]|\\[^])*)"|'([^']*)'|([^\s\\"']+)/y;

/**
 * Splits a command line into words as a shell does, and does nothing else that a shell does.
 *
 * No library: string-argv keeps backslashes, loses escaped quotes and accepts an open quote. shlex is quadratic and does
 * not name the problem.
 */
export function splitWords(line: string): Words {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (/\s/.test(line[at]!)) {
      at++;
      continue;
    }
    let word = "";
    while (at < line.length && !/\s/.test(line[at]!)) {
      PIECE.lastIndex = at;
      const piece = PIECE.exec(line);
      if (!piece) return { reason: line[at] === "\\" ? "it ends with a backslash" : "a quotation mark is not closed" };
      const [, escaped, double, single, plain] = piece;
      word += escaped ?? double?.replace(/\\(["\\$`])/g, "$1") ?? single ?? plain!;
      at = PIECE.lastIndex;
    }
    words.push(word);
  }
  return words;
}
