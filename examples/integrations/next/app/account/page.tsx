import { headers } from "next/headers";
import { sessions } from "../../lib/sessions";

export default async function Page() {
  const { user } = await sessions.read(await headers());
  return <h1>Account of {user}</h1>;
}
