// form[data-once]: a double click sends once. The button is not disabled, so that focus stays.
export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) event.preventDefault();
    else if (!event.defaultPrevented) form.dataset.sent = "true";
  });
  // Coming back with the browser's arrow shows the form as it was left: it may be sent again.
  window.addEventListener("pageshow", () => forget(document));
  document.addEventListener("htmx:afterRequest", () => forget(document));
}

function forget(root) {
  for (const form of root.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
}
