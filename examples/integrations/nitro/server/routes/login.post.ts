import { defineHandler } from "nitro";
import { redirect } from "nitro/h3";

export default defineHandler(async ({ req, context }) => {
  context.session.user = String((await req.formData()).get("user")); // when the password is right
  context.sessionRecreate = true;
  context.flash = "Welcome";
  return redirect("/", 303);
});
