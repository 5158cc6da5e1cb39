import { html, type Html } from "./html";

/** A form that sends a POST with the token that a person types. The page's script sends it. */
export function postForm(action: string, label: string): Html {
  return html`<form data-post="${action}">
    <label>Token <input name="token" type="password" autocomplete="off" required /></label>
    <button>${label}</button> <output class="Error"></output>
  </form>`;
}
