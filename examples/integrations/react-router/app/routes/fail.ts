import { redirect } from "react-router";
import { draftContext } from "../session";
import type { Route } from "./+types/fail";

/** Only for the tests: a request that fails saves nothing, but a redirect that is thrown is no failure. */
export function action({ request, context }: Route.ActionArgs) {
  context.get(draftContext).session.user = "Eve";
  if (request.url.endsWith("?redirect")) throw redirect("/", 303);
  throw new Error("on purpose");
}
