import { createHash } from "node:crypto";

/**
 * The only script of the pages, for jobs and runs. It sends the forms that start and cancel runs, with the token that a
 * person types: no other page knows it, so no other page can send them. It also follows the log of a running step, and
 * shows the run again when a step begins or ends.
 */
export const SCRIPT = `
for (const form of document.querySelectorAll("form[data-post]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const say = form.querySelector("output");
    const token = form.elements.token.value;
    const headers = { authorization: "Token " + token, "content-type": "application/json" };
    try {
      const body = JSON.stringify({ cause: "Started from the page" });
      const answer = await fetch(form.dataset.post, { method: "POST", headers, body });
      const { data, status } = await answer.json();
      if (answer.ok) location.assign("/runs/" + data.id + "/");
      else say.textContent = status.user_message;
    } catch (error) {
      say.textContent = "The server does not answer: " + error.message;
    }
  });
}
for (const log of document.querySelectorAll("[data-events]")) {
  const source = new EventSource(log.dataset.events);
  source.addEventListener("message", (event) => { log.textContent += JSON.parse(event.data); });
  source.addEventListener("restart", () => { log.textContent = ""; });
  source.addEventListener("end", () => { source.close(); location.reload(); });
}
`;

const HASH = createHash("sha256").update(SCRIPT).digest("base64");

/** The policy of pages without the script. */
export const POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** The policy of pages with the script. The browser runs only this script, and sends requests only to this server. */
export const SCRIPT_POLICY = `${POLICY}; script-src 'sha256-${HASH}'; connect-src 'self'; form-action 'none'; base-uri 'none'`;
