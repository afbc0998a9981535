/**
 * The preview page: one picks a shopper and sees the rows. Its script and style are files of their own, so that
 * the policy allows nothing inline, and nothing comes from elsewhere but the shop's own product images.
 */
export const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const pageHtml = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>aisle: recommendations, live</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%23115e59'/%3E%3Cpath d='M4 12V6m4 6V4m4 8V8' stroke='%23fff' stroke-width='1.8' stroke-linecap='round'/%3E%3C/svg%3E">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body>
<a class="skip" href="#rows">Skip to the products</a>
<header>
  <p class="brand">aisle</p>
  <form id="choose" role="search" aria-label="Choose a shopper">
    <label for="shopper">Shopper</label>
    <input id="shopper" list="shoppers" placeholder="any user id" autocomplete="off" spellcheck="false" maxlength="256">
    <datalist id="shoppers"></datalist>
    <button type="submit">Show</button>
  </form>
  <div id="personas" role="group" aria-label="Shoppers to try"></div>
</header>
<p id="banner" role="status" hidden><span id="step"></span><progress id="progress" max="1"></progress></p>
<p id="notice" role="status"></p>
<main id="rows" tabindex="-1" aria-busy="true"></main>
<footer>
  <p id="facts">Asking for a model…</p>
  <p><a href="/openapi.json">OpenAPI</a> · <a href="/postman.json">Postman collection</a> · <a href="/health/ready">Health</a></p>
</footer>
<noscript><p class="noscript">This page needs JavaScript; the API does not: try <a href="/recommendations">/recommendations</a>.</p></noscript>
</body>
</html>
`;
