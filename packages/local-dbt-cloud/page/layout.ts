import { raw } from "hono/html";
import { html, type Html } from "./html";
import { SCRIPT } from "./script";

const STYLE = `
  :root { color-scheme: light dark; --line: #8884; --good: #16803c; --bad: #c81e1e; --busy: #1d5fd1; --wait: #8a6100; }
  @media (prefers-color-scheme: dark) { :root { --good: #4ade80; --bad: #f87171; --busy: #7db0ff; --wait: #fbbf24; } }
  body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 75rem; padding: 1rem; }
  h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; width: 100%; }
  th, td { border-bottom: 1px solid var(--line); padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top; }
  pre { background: #8881; overflow-x: auto; padding: .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
  code { overflow-wrap: anywhere; } td code { display: inline-block; min-width: 16rem; }
  .message { white-space: pre-line; } .message, .artifacts, h1 { overflow-wrap: anywhere; }
  svg rect.Success { fill: var(--good); } svg rect.Error { fill: var(--bad); } svg rect.Cancelled { fill: var(--wait); }
  .calendar td { min-width: 5rem; } a.run { text-decoration: none; }
  input, button { font: inherit; max-width: 100%; }
  .Success { color: var(--good); } .Error { color: var(--bad); } .Cancelled { color: var(--wait); }
  .Running, .Starting, .Queued { color: var(--busy); }
`;

/**
 * A whole page. It loads nothing.
 *
 * @param hasScript whether the page has the script that sends forms and follows logs
 */
export function layout(title: string, content: Html, hasScript: boolean): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        ${content} ${hasScript ? raw(`<script>${SCRIPT}</script>`) : ""}
      </body>
    </html> `;
  return page.toString();
}
