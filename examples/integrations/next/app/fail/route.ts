import { redirect } from "next/navigation";
import { sessions } from "../../lib/sessions";

/** For the tests alone: what fails saves nothing, and neither does what redirects by throwing. */
export const POST = sessions.wrap((request, draft) => {
  draft.session.user = "Eve";
  if (new URL(request.url).searchParams.has("redirect")) redirect("/");
  throw new Error("on purpose");
});
