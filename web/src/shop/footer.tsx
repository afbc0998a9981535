import { apiBase } from "../settings.ts";

/** A static host has neither of the pages that are for the machine's own people. */
const isServedByTheApi = apiBase === location.origin;

/** Ways out of the shop, for those who want to know more. */
export function Footer() {
  return (
    <footer className="foot">
      <p>Every shelf here is answered by your own recommender.</p>
      <ul>
        {isServedByTheApi && (
          <>
            <li>
              <a href="/start">Try it with your own data</a>
            </li>
            <li>
              <a href="/merchant">For the merchant</a>
            </li>
          </>
        )}
        <li>
          <a href={`${apiBase}/openapi.json`}>API</a>
        </li>
      </ul>
    </footer>
  );
}
