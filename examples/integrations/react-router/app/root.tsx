import { Outlet } from "react-router";
import type { Route } from "./+types/root";
import { draftContext, sessions } from "./session";

export const middleware: Route.MiddlewareFunction[] = [
  sessions.wrap(({ context }, draft, next) => {
    context.set(draftContext, draft);
    return next();
  }),
];

export default function Root() {
  return (
    <html lang="en">
      <body>
        <Outlet />
      </body>
    </html>
  );
}
