import { redirect } from "react-router";
import { draftContext } from "../session";
import type { Route } from "./+types/visit";

export function action({ context }: Route.ActionArgs) {
  context.get(draftContext).session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
  return redirect("/", 303);
}
