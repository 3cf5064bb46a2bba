// form[data-keep="KEY"]: what was typed survives a lost session. It stays in this tab's session
// storage, apart for each person, until the server took it: that is, until a page follows the
// sending that is neither the form with errors nor a sign-in or error page (those carry
// data-not-sent), or until one signs out (form[data-keep-forget]). Passwords, files and hidden
// fields are never kept, but for those of a form that saves itself: what it was based on tells a
// colleague's change from one's own. What was saved by itself need not be kept any longer.
import { baseOf, setBase } from "./autosave.js";

const NEVER = "[type=password], [type=file], [type=hidden], [type=submit]";
const SENT = "keep-sent";

export function keepTyped(root) {
  const who = document.body.dataset.person;
  if (root === document) settle(who);
  for (const form of root.querySelectorAll("form[data-keep-forget]")) form.addEventListener("submit", forgetAll);
  if (!who) return;
  for (const form of root.querySelectorAll("form[data-keep]")) keep(form, () => `keep:${who}:${form.dataset.keep}`);
}

function settle(who) {
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  const refused = document.querySelector("[data-not-sent], form[data-keep] [aria-invalid=true]");
  if (sent && who && !refused) sessionStorage.removeItem(sent);
}

function forgetAll() {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("keep")) sessionStorage.removeItem(key);
}

function keep(form, key) {
  const kept = JSON.parse(sessionStorage.getItem(key()) || "null");
  if (kept?.fields && !form.querySelector("[aria-invalid=true]") && restore(form, kept.fields)) {
    if (kept.base.length) setBase(form, kept.base);
    tell(form, key());
  }
  const write = () => {
    const base = form.matches("[data-autosave]") ? baseOf(form) : [];
    sessionStorage.setItem(key(), JSON.stringify({ fields: read(form), base }));
  };
  form.addEventListener("input", write);
  form.addEventListener("change", write);
  form.addEventListener("submit", () => {
    write();
    sessionStorage.setItem(SENT, key());
  });
  form.addEventListener("autosaved", (event) => (event.detail.more ? write() : sessionStorage.removeItem(key())));
}

function fields(form) {
  return [...form.elements].filter((field) => field.name && !field.matches(NEVER));
}

// [name, which one of that name, value or state], so that tick boxes of one name stay apart.
function read(form) {
  return fields(form).map((field) => [field.name, field.type === "checkbox" || field.type === "radio"
    ? [field.value, field.checked]
    : field.multiple ? [...field.selectedOptions].map((option) => option.value) : field.value]);
}

function restore(form, kept) {
  const before = JSON.stringify(read(form));
  const all = fields(form);
  for (const [name, value] of kept) {
    const same = all.filter((field) => field.name === name);
    const field = same.find((one) => !["checkbox", "radio"].includes(one.type) || one.value === value[0]);
    if (!field) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = value[1];
    else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
    else field.value = value;
  }
  return before !== JSON.stringify(read(form));
}

function tell(form, key) {
  const note = document.querySelector("template[data-keep-note]")?.content.cloneNode(true);
  if (!note) return;
  note.querySelector("button").addEventListener("click", () => {
    sessionStorage.removeItem(key);
    location.reload();
  });
  form.prepend(note);
}
