/** The style of the pages that commands write. The colors are those of the browser, which has them in light and dark. */
export const PAGE_CSS = `
:root { color-scheme: light dark; }
body { margin: 0 auto; padding: 1rem; font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.2; }
h2 { font-size: 1.1rem; margin: 0 0 0.5rem; }
section { margin: 1rem 0; padding: 0.75rem 1rem; border: 1px solid GrayText; border-radius: 6px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; overflow-wrap: normal; }
th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid GrayText; text-align: left; }
.figure { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
footer { font-size: 0.85rem; }
`;
