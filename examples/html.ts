/** HTML in template literals. Values are escaped, unless they are HTML made here. */

const MARKUP: unique symbol = Symbol("markup");

/** HTML that is safe to send. Only `html` and `raw` make it. */
export interface Html {
  readonly [MARKUP]: string;
}

/** HTML with values in it: html`<p>${name}</p>`. Quote the attributes. */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly (Html | readonly Html[] | string | number)[]
): Html {
  return { [MARKUP]: String.raw({ raw: strings }, ...values.map(markupOf)) };
}

/** HTML that somebody else has made and escaped, as it is. */
export function raw(markup: string): Html {
  return { [MARKUP]: markup };
}

/** The text of some HTML, to send. */
export function render(content: Html): string {
  return content[MARKUP];
}

function markupOf(value: Html | readonly Html[] | string | number): string {
  if (typeof value === "string") return escaped(value);
  if (typeof value === "number") return String(value);
  if (MARKUP in value) return value[MARKUP];
  return value.map(render).join("");
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
