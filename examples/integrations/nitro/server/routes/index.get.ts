import { defineHandler, html } from "nitro";
import { raw } from "nitro/h3";

const login = `<input name="user" aria-label="Name"> <button>Log in</button>`;

export default defineHandler(({ context }) => {
  const { user, visits = 0 } = context.session;
  return html`<!doctype html>
    <main>
      <p role="status">${context.flash ?? ""}</p>
      <h1>Hello ${user ?? "stranger"}</h1>
      <form action="/visit" method="post"><button>Visit</button> ${visits}</form>
      <form action="${user === undefined ? "/login" : "/logout"}" method="post">
        ${raw(user === undefined ? login : "<button>Log out</button>")}
      </form>
    </main>`;
});
