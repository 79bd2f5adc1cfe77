import type { ScriptDraft } from "../../../src/testing/testing.ts";
import type { CookieAttrs, Json, SessionData } from "../../../src/types.ts";

type Next = SessionData | null | ((current: SessionData) => SessionData | null);

/** Changes the draft that the handler gets. */
type Face = (draft: ScriptDraft) => ScriptDraft;

/** Loses changes below the first level, which go to a copy. */
export const shallow: Face = (draft) => {
  const copy = new Proxy(draft.session, {
    get: (target, name) => structuredClone(Reflect.get(target, name) as unknown),
  });
  return changed(draft, { session: { get: () => copy, set: (next: Next) => (draft.session = next) } });
};

/** Merges an assigned session into the old one. */
export const merging: Face = (draft) =>
  assigning(draft, (next) => (typeof next === "object" ? next && { ...draft.session, ...next } : next));

/** Treats null as an empty session. */
export const forgetful: Face = (draft) => assigning(draft, (next) => next ?? {});

/** Applies a function at once, to the session that was read. */
export const applying: Face = (draft) =>
  assigning(draft, (next) => (typeof next === "function" ? next(draft.session) : next));

/** Sends the cookie with every response. */
export const resending: Face = (draft) => {
  draft.sessionCookieAttrs = {};
  return draft;
};

/** Ignores assignments to one property. */
export function without(name: keyof ScriptDraft): Face {
  return (draft) => changed(draft, { [name]: { value: undefined, writable: true } });
}

/** Keeps cookie attributes for later responses. */
export function keepingAttrs(): Face {
  let last: CookieAttrs | undefined;
  return (draft) => {
    draft.sessionCookieAttrs = last;
    const set = (attrs: CookieAttrs): void => void (draft.sessionCookieAttrs = last = attrs);
    return changed(draft, { sessionCookieAttrs: { get: () => last, set } });
  };
}

/** Leaves a flash again when it is read. */
export const lastingFlash: Face = (draft) => {
  const get = (): unknown => {
    const { flash } = draft;
    draft.flash = flash as Json | undefined;
    return flash;
  };
  return changed(draft, { flash: { get, set: (next: Json) => (draft.flash = next) } });
};

/** Reads the flash in every request. */
export const looking: Face = (draft) => {
  const { flash } = draft;
  return changed(draft, { flash: { get: () => flash, set: (next: Json) => (draft.flash = next) } });
};

/** Loses the flash of a response that deletes the session. */
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
