// template[data-answer-note]: when an answer to htmx is no page part, say so instead of nothing.
// A lost session loads the page again, which leads to signing in and back; what was typed is kept.
export function explainFailedAnswers() {
  const signIn = document.querySelector("meta[name=sign-in]")?.content;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answered = event.detail.xhr.responseURL;
    if (!signIn || !answered || new URL(answered).pathname !== signIn) return;
    event.detail.shouldSwap = false;
    location.reload();
  });
  document.addEventListener("htmx:responseError", () => show("refused"));
  document.addEventListener("htmx:sendError", () => show("unreachable"));
  document.addEventListener("htmx:afterSwap", clear);
}

function clear() {
  document.querySelector("#answer-note")?.remove();
}

function show(kind) {
  clear();
  const template = document.querySelector("template[data-answer-note]");
  if (!template) return;
  const note = template.content.firstElementChild.cloneNode(true);
  note.id = "answer-note";
  note.textContent = template.dataset[kind];
  document.querySelector("main .frame").prepend(note);
  note.focus();
}
