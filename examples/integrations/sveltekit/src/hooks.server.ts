import type { Handle } from "@sveltejs/kit/hooks";
import { session } from "ringlet/fetch";

const sessions = session<App.Session, string>();

export const handle: Handle = async ({ event, resolve }) => {
  const { draft, saveInto } = await sessions.open(event.request);
  event.locals.draft = draft;
  return saveInto(await resolve(event));
};
