import type { ScriptDraft } from "../../../src/testing/testing.ts";
import type { CookieAttrs, Json, SessionData } from "../../../src/types.ts";

type Next = SessionData | null | ((current: SessionData) => SessionData | null);

/** A draft for the handler, made of the sound one. */
type Face = (draft: ScriptDraft) => ScriptDraft;

/** What is changed deep down is changed in a copy. */
export const shallow: Face = (draft) => {
  const copy = new Proxy(draft.session, {
    get: (target, name) => structuredClone(Reflect.get(target, name) as unknown),
  });
  return changed(draft, { session: { get: () => copy, set: (next: Next) => (draft.session = next) } });
};

/** Takes what is assigned for changes. */
export const merging: Face = (draft) =>
  assigning(draft, (next) => (typeof next === "object" ? next && { ...draft.session, ...next } : next));

/** Takes null for an empty session. */
export const forgetful: Face = (draft) => assigning(draft, (next) => next ?? {});

/** Applies a function at once. */
export const applying: Face = (draft) =>
  assigning(draft, (next) => (typeof next === "function" ? next(draft.session) : next));

/** Asks for the cookie with every response. */
export const resending: Face = (draft) => {
  draft.sessionCookieAttrs = {};
  return draft;
};

/** Has a property of the name that nobody looks at. */
export function without(name: keyof ScriptDraft): Face {
  return (draft) => changed(draft, { [name]: { value: undefined, writable: true } });
}

/** Keeps the attributes of the last response that had some. */
export function keepingAttrs(): Face {
  let last: CookieAttrs | undefined;
  return (draft) => {
    draft.sessionCookieAttrs = last;
    const set = (attrs: CookieAttrs): void => void (draft.sessionCookieAttrs = last = attrs);
    return changed(draft, { sessionCookieAttrs: { get: () => last, set } });
  };
}

/** Puts a flash back when it was looked at. */
export const lastingFlash: Face = (draft) => {
  const get = (): unknown => {
    const { flash } = draft;
    draft.flash = flash as Json | undefined;
    return flash;
  };
  return changed(draft, { flash: { get, set: (next: Json) => (draft.flash = next) } });
};

/** Looks at the flash, whether the handler does or not. */
export const looking: Face = (draft) => {
  const { flash } = draft;
  return changed(draft, { flash: { get: () => flash, set: (next: Json) => (draft.flash = next) } });
};

/** Has no flash where the session is deleted. */
export const losingFlash: Face = (draft) => {
  let gone = false;
  const face = assigning(draft, (next) => {
    gone = next === null;
    return next;
  });
  const set = (next: Json): void => void (draft.flash = gone ? undefined : next);
  return changed(face, { flash: { get: () => draft.flash, set } });
};

function changed(draft: ScriptDraft, changes: PropertyDescriptorMap): ScriptDraft {
  return Object.create(draft, changes) as ScriptDraft;
}

function assigning(draft: ScriptDraft, change: (next: Next) => Next): ScriptDraft {
  return changed(draft, { session: { get: () => draft.session, set: (next: Next) => (draft.session = change(next)) } });
}
