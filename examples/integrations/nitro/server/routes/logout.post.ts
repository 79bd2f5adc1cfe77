import { defineHandler } from "nitro";
import { redirect } from "nitro/h3";

export default defineHandler(({ context }) => {
  context.session = null;
  context.flash = "Goodbye";
  return redirect("/", 303);
});
