import { response, wrapSession, type Request, type SessionRequest } from "ringlet";
import { serve } from "ringlet/node";

interface App {
  readonly visits?: number;
}

const app = wrapSession((request: Request & SessionRequest<App>) => ({
  ...response(`Visit ${(request.session.visits ?? 0) + 1}\n`),
  session: (current) => ({ ...current, visits: (current.visits ?? 0) + 1 }),
}));

const { url } = await serve(app, { port: 3000 });
console.log(url);
