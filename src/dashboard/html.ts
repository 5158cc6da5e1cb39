/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | number | null | undefined | Html | readonly Html[];

/** A piece of HTML in which every value is escaped but what is HTML itself; null and undefined are nothing. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(literals.reduce((text, literal, i) => text + asHtml(parts[i - 1]) + literal));
}

function asHtml(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === "object" && part !== null) return part.map(asHtml).join("\n");
  return escape(String(part ?? ""));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it stands between tags and in quoted attributes. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
