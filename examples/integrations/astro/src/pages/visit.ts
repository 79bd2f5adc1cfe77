import type { APIRoute } from "astro";

export const POST: APIRoute = ({ locals, redirect }) => {
  locals.draft.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
  return redirect("/", 303);
};
