import type { APIRoute } from "astro";

export const POST: APIRoute = async ({ request, locals, redirect }) => {
  locals.draft.session.user = String((await request.formData()).get("user")); // when the password is right
  locals.draft.sessionRecreate = true;
  locals.draft.flash = "Welcome";
  return redirect("/", 303);
};
