/** Inline code of Markdown, also for a text with backticks. */
export function code(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${text}${fence}` : `${fence} ${text} ${fence}`;
}

/** Text without the characters that mean something in Markdown or HTML. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|#@!~]/g, "\\$&");
}

/** A row of a table of Markdown, with cells that are Markdown. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}
