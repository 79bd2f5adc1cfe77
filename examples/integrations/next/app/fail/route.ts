import { redirect } from "next/navigation";
import { sessions } from "../../lib/sessions";

/** Only for the tests: a request that fails saves nothing, and neither does one that redirects by throwing. */
export const POST = sessions.wrap((request, draft) => {
  draft.session.user = "Eve";
  if (new URL(request.url).searchParams.has("redirect")) redirect("/");
  throw new Error("on purpose");
});
