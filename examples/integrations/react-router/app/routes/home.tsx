import { Form, redirect } from "react-router";
import { draftContext } from "../session";
import type { Route } from "./+types/home";

export function loader({ context }: Route.LoaderArgs) {
  const draft = context.get(draftContext);
  const { user, visits = 0 } = draft.session;
  return { user, visits, flash: draft.flash };
}

export async function action({ request, context }: Route.ActionArgs) {
  const draft = context.get(draftContext);
  const form = await request.formData();
  if (form.get("intent") === "logout") {
    draft.session = null;
    draft.flash = "Goodbye";
  } else {
    draft.session.user = String(form.get("user")); // when the password is right
    draft.sessionRecreate = true;
    draft.flash = "Welcome";
  }
  return redirect("/", 303);
}

export default function Home({ loaderData: { user, visits, flash } }: Route.ComponentProps) {
  return (
    <main>
      {flash !== undefined && <p role="status">{flash}</p>}
      <h1>Hello {user ?? "stranger"}</h1>
      <Form action="/visit" method="post">
        <button>Visit</button> {visits}
      </Form>
      <Form action="/?index" method="post">
        {user === undefined && <input name="user" aria-label="Name" />}
        <button name="intent" value={user === undefined ? "login" : "logout"}>
          {user === undefined ? "Log in" : "Log out"}
        </button>
      </Form>
    </main>
  );
}
