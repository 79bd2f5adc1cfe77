import { openSession } from "../lib/sessions";
import { login, logout } from "./actions";

export default async function Page() {
  const { draft, save } = await openSession();
  const { user, visits = 0 } = draft.session;
  const { flash } = draft;
  await save();
  return (
    <main>
      {flash !== undefined && <p role="status">{flash}</p>}
      <h1>Hello {user ?? "stranger"}</h1>
      <form action="/visit" method="post">
        <button>Visit</button> {visits}
      </form>
      {user === undefined ? (
        <form action={login}>
          <input name="user" aria-label="Name" />
          <button>Log in</button>
        </form>
      ) : (
        <form action={logout}>
          <button>Log out</button>
        </form>
      )}
    </main>
  );
}
