import { html } from "../../../../packages/local-dbt-cloud/page/html";
import { visible } from "../../../../packages/local-dbt-cloud/page/visible";

it.each([
  ["a terminal's escape", "\u001b[31mred", "\\u001b[31mred"],
  ["a change of direction", "a\u202eb", "a\\u202eb"],
  ["an isolate", "a\u2066b", "a\\u2066b"],
  ["a C1 control", "a\u009bb", "a\\u009bb"],
  ["a letter without width", "a\u200bb", "a\\u200bb"],
  ["a lone carriage return", "safe\rfake", "safe\\u000dfake"],
])("%s is visible on the page", (_name, text, shown) => {
  expect(visible(text)).toBe(shown);
  expect(html`<p>${text}</p>`.toString()).toBe(`<p>${shown}</p>`);
});

it("lines, tabs and letters of every language stay", () => {
  const text = "Grüße, 日本語, שלום\r\n\tnext";
  expect(visible(text)).toBe("Grüße, 日本語, שלום\n\tnext");
});

it("the parts of HTML are shown once", () => {
  expect(html`<b>${html`<i>${"\u202e<"}</i>`}</b>`.toString()).toBe("<b><i>\\u202e&lt;</i></b>");
});
