import { html, type Html } from "../../html.ts";

/** The values of `sameSite`. */
export const sameSites = ["strict", "lax", "none"] as const;

/** The values of `priority`. */
export const priorities = ["low", "medium", "high"] as const;

/** A form with every attribute of a cookie, filled in. `error` says what was wrong with the last one, or is empty. */
export function cookieForm(form: URLSearchParams, error: string): Html {
  return html`<form class="card grid" method="post" action="/cookies">
    ${error === "" ? "" : html`<p class="error wide" role="alert">${error}</p>`} ${field(form, "name", "Name")}
    ${field(form, "value", "Value")} ${field(form, "path", "Path")}
    ${field(form, "domain", "Domain", "this host alone")}
    ${field(form, "maxAge", "Max-Age, seconds", "until the browser closes")}
    ${field(form, "expires", "Expires, UTC", "2030-01-31T12:00")} ${choice(form, "sameSite", "SameSite", sameSites)}
    ${choice(form, "priority", "Priority", priorities)}
    <fieldset class="wide">
      <legend>Flags</legend>
      ${flag(form, "secure", "Secure")} ${flag(form, "httpOnly", "HttpOnly")}
      ${flag(form, "partitioned", "Partitioned")}
    </fieldset>
    <p class="actions wide">
      <button>Set the cookie</button>
      <button class="quiet" formaction="/cookies/delete">Delete it</button>
    </p>
  </form>`;
}

function field(form: URLSearchParams, name: string, label: string, hint = ""): Html {
  return html`<p>
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      value="${form.get(name) ?? ""}"
      placeholder="${hint}"
      autocomplete="off"
      spellcheck="false"
    />
  </p>`;
}

function choice(form: URLSearchParams, name: string, label: string, values: readonly string[]): Html {
  const option = (value: string): Html =>
    form.get(name) === value ? html`<option selected>${value}</option>` : html`<option>${value}</option>`;
  return html`<p>
    <label for="${name}">${label}</label>
    <select id="${name}" name="${name}">
      <option value="">not given</option>
      ${values.map(option)}
    </select>
  </p>`;
}

function flag(form: URLSearchParams, name: string, label: string): Html {
  const checked = form.has(name) ? html`checked` : "";
  return html`<label class="check"><input type="checkbox" name="${name}" value="true" ${checked} /> ${label}</label>`;
}
