/** The words of a command line, or why it has none. */
export type Words = readonly string[] | { readonly reason: string };

/** A plain piece, an escaped character, or a quoted piece, one after the other. */
const PIECE = /\\([^])|"((?:[^"\\]|\\[^])*)"|'([^']*)'|([^\s\\"']+)/y;

/** Parts a command line into words as a shell would, without anything else that a shell does. */
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
