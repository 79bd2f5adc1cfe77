import { redirect } from "@sveltejs/kit";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = ({ locals }) => {
  const { user, visits = 0 } = locals.draft.session;
  return { user, visits, flash: locals.draft.flash };
};

export const actions: Actions = {
  visit: ({ locals }) => {
    locals.draft.session = (current) => ({ ...current, visits: (current.visits ?? 0) + 1 });
    redirect(303, "/");
  },
  login: async ({ request, locals }) => {
    locals.draft.session.user = String((await request.formData()).get("user")); // when the password is right
    locals.draft.sessionRecreate = true;
    locals.draft.flash = "Welcome";
    redirect(303, "/");
  },
  logout: ({ locals }) => {
    locals.draft.session = null;
    locals.draft.flash = "Goodbye";
    redirect(303, "/");
  },
};
