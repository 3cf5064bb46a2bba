// Gives htmx's requests the token that Django wants, from <meta name="csrf-token">.
export function sendTokenWithHtmx() {
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("meta[name=csrf-token]");
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });
}
