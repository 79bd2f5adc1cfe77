import { defineHandler } from "nitro";
import { redirect } from "nitro/h3";

export default defineHandler(({ context }) => {
  context.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
  return redirect("/", 303);
});
