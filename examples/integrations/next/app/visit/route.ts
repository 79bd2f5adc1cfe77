import { sessions } from "../../lib/sessions";

export const POST = sessions.wrap((_request, draft) => {
  draft.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
  return new Response(null, { status: 303, headers: { location: "/" } });
});
