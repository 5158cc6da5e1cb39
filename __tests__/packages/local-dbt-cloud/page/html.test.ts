import { html } from "../../../../packages/local-dbt-cloud/page/html";

describe("a piece of HTML", () => {
  it("escapes every character that means something in HTML, in text and in attributes", () => {
    const text = `<b title="x" lang='y'>&`;
    const escaped = "&lt;b title=&quot;x&quot; lang=&#39;y&#39;&gt;&amp;";
    expect(html`<p class="${text}">${text}</p>`.toString()).toBe(`<p class="${escaped}">${escaped}</p>`);
  });

  it("keeps pieces of HTML, one or several, and escapes what they contain once", () => {
    const items = ["a", "<b>"].map((word) => html`<li>${word}</li>`);
    expect(html`<p>${items}</p>`.toString()).toBe("<p><li>a</li><li>&lt;b&gt;</li></p>");
    expect(html`<p>${html`<i>${"&"}</i>`}</p>`.toString()).toBe("<p><i>&amp;</i></p>");
  });

  it("writes nothing for null, undefined and an empty list, and writes 0", () => {
    expect(html`<p>${null}${undefined}${[]}${0}</p>`.toString()).toBe("<p>0</p>");
  });
});
