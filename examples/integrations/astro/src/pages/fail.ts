import type { APIRoute } from "astro";

/** For the tests alone: what fails saves nothing. */
export const POST: APIRoute = ({ locals }) => {
  locals.draft.session.user = "Eve";
  throw new Error("on purpose");
};
