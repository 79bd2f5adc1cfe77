import { defineMiddleware } from "astro:middleware";
import { session } from "ringlet/fetch";

const sessions = session<App.Session, string>();

export const onRequest = defineMiddleware(
  sessions.wrap(({ locals }, draft, next) => {
    locals.draft = draft;
    return next();
  }),
);
