import { redirect } from "@sveltejs/kit";
import type { RequestHandler } from "./$types";

/** Only for the tests: a request that fails saves nothing, but a redirect that is thrown is no failure. */
export const POST: RequestHandler = ({ url, locals }) => {
  locals.draft.session.user = "Eve";
  if (url.search === "?redirect") redirect(303, "/");
  throw new Error("on purpose");
};
