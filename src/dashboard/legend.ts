import { html, type Html } from "../html/html";

/** The meaning of a color. `line` is a line mark, `outline` is an empty box. */
export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
  readonly shape?: "line" | "outline";
}

/** The legend above a chart, as text that wraps. */
export function legend(entries: readonly LegendEntry[]): Html {
  return html`<ul class="legend">
    ${entries.map(({ label, colour, shape }) => html`<li><i class="${shape ?? "box"}" style="--colour:${colour}"></i>${label}</li> `)}
  </ul>`;
}
