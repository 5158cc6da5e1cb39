import { html, trusted } from "../../../src/html/html";

it("a text in a page has its markup and its invisible characters escaped, and keeps its lines", () => {
  const page = html`<p>${"<b>\u202e\u009b2J\nsecond line"}</p>
    ${trusted("<i></i>")}`;
  expect(String(page).replaceAll(/\n\s+/g, "")).toBe("<p>&lt;b&gt;\\u202e\\u009b2J\nsecond line</p><i></i>");
});
