import type { APIRoute } from "astro";

/** Only for the tests: a request that fails saves nothing. */
export const POST: APIRoute = ({ locals }) => {
  locals.draft.session.user = "Eve";
  throw new Error("on purpose");
};
