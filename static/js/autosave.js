// form[data-autosave]: what is typed is saved on the server after a pause, to the address of the
// form itself. The answer is a fragment: words for [data-autosave-line], and the hidden fields that
// tell what the form is now based on (revision, initial-…, keys of new parts), so that the next
// saving, by button or by itself, never writes over a colleague. Nothing is sent twice at once, and
// what did not reach the server is sent again.
const PAUSE = 2000, AGAIN = 15000;
const BASE = "input[type=hidden]:is([name=revision], [name^=initial-], [name$=-pk])";

export function baseOf(form) {
  return [...form.querySelectorAll(BASE)].map((field) => [field.name, field.value]);
}

export function setBase(form, pairs) {
  for (const field of form.querySelectorAll(BASE)) field.remove();
  for (const [name, value] of pairs) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
}

export function autosave(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) start(form);
}

function start(form) {
  const line = document.querySelector("[data-autosave-line]");
  const words = document.querySelector("template[data-autosave-words]").dataset;
  let timer = 0, running = null, waiting = false;

  const later = (event, pause = PAUSE) => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };
  const save = () => {
    clearTimeout(timer);
    timer = 0;
    waiting = running !== null;
    if (!waiting) running = send(form, line, words, () => waiting || timer > 0).then((arrived) => {
      running = null;
      if (waiting) save();
      else if (!arrived && !timer) later(null, AGAIN);
    });
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) save();
  });
  // A button waits for the saving under way: its form has to know what that saved.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    timer = 0;
    waiting = false;
    if (!running) return;
    event.preventDefault();
    running.then(() => form.requestSubmit(event.submitter));
  });
}

// Whether the server answered, whatever it said.
async function send(form, line, words, typedMore) {
  const sent = new FormData(form);
  sent.set("autosave", "1");
  const keepalive = document.visibilityState === "hidden";
  let answer, said;
  try {
    answer = await fetch(form.action, { method: "POST", body: sent, keepalive });
    said = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-autosaved]");
  } catch {
    answer = null;
  }
  const signIn = document.querySelector("meta[name=sign-in]").content;
  if (answer && (new URL(answer.url).pathname === signIn || answer.status === 403)) sessionEnded(line, words);
  else if (!answer || answer.status >= 500 || !said) line.textContent = words.unreachable;
  else line.replaceChildren(...said.querySelector("p").childNodes);
  line.classList.toggle("saved--not", !(answer?.ok && said));
  if (answer?.ok && said?.dataset.address) settle(form, said, typedMore());
  return answer !== null && answer.status < 500;
}

function settle(form, said, more) {
  setBase(form, [...said.querySelectorAll("input")].map((field) => [field.name, field.value]));
  form.dataset.keep = said.dataset.keep;
  form.dispatchEvent(new CustomEvent("autosaved", { detail: { more } }));
  if (new URL(form.action).pathname === said.dataset.address) return;
  form.action = said.dataset.address;
  history.replaceState(history.state, "", said.dataset.address);
}

function sessionEnded(line, words) {
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = words.signIn;
  line.replaceChildren(words.ended, " ", link);
}
