import { type FormEvent, useState } from "react";
import type { SessionState } from "./session.ts";

export function SignIn({ failure, isAsking, signIn }: SessionState) {
  const [key, setKey] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void signIn(key.trim());
  };
  return (
    <main id="main" className="sign-in">
      <p className="brand">aisle</p>
      <h1>For the merchant</h1>
      <p className="quiet">
        The server prints the address of this page with its key when it starts, as “for the merchant”. Open
        that address, or enter an admin key here.
      </p>
      <form onSubmit={submit}>
        <label htmlFor="key">Key</label>
        <input
          id="key"
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={key}
          onChange={(event) => setKey(event.target.value)}
          required
        />
        <button type="submit" className="button" disabled={isAsking}>
          Open
        </button>
      </form>
      <p role="alert" className="bad">
        {failure}
      </p>
    </main>
  );
}
