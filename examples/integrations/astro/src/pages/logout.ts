import type { APIRoute } from "astro";

export const POST: APIRoute = ({ locals, redirect }) => {
  locals.draft.session = null;
  locals.draft.flash = "Goodbye";
  return redirect("/", 303);
};
