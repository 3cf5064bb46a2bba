// Single keys of worklists, named on what they press: [data-key="j ArrowRight"]. A key on a text field
// goes there; one on a radio chooses it, pressed again what [data-else] names. [data-near-key] is
// looked for in the [data-choice] one is in, or the first. They rest while one types, and can be
// switched off ([data-single-keys]). Where nothing else has them, j and k go along [data-step].
const TYPING = "input, textarea, select, [contenteditable]";
const NO_WORDS = "input[type=radio], input[type=checkbox], input[type=submit], input[type=button]";
const OWN_ENTER = "a, button, summary";
const OFF = "single-keys-off";

export function isTyping(target) {
  const field = target.closest(TYPING);
  return Boolean(field) && !field.matches(NO_WORDS);
}

export function keysAreOff() {
  return localStorage.getItem(OFF) === "yes";
}

export function singleKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (keysAreOff() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const key = nameOf(event);
    if (key === "Enter" && event.target.matches(OWN_ENTER)) return;
    if (key.startsWith("Arrow") && event.target.matches("input[type=radio]")) return;
    const element = find(key) ?? step(key);
    if (!element) return;
    event.preventDefault();
    if (!event.repeat) press(element);
  });
}

// Digits by their place, so that Shift and other keyboards give the same.
function nameOf(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit) return (event.shiftKey ? "Shift+" : "") + digit[1];
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

function find(key) {
  const name = CSS.escape(key);
  const near = document.activeElement.closest("[data-choice]") ?? document.querySelector("[data-choice]");
  return near?.querySelector(`[data-near-key~="${name}"]`) ?? document.querySelector(`[data-key~="${name}"]`);
}

// What stands after (j) or before (k) the part one is in, of those marked with [data-step].
function step(key) {
  const by = { j: 1, ArrowRight: 1, k: -1, ArrowLeft: -1 }[key];
  const steps = [...document.querySelectorAll("[data-step]")];
  if (!by || !steps.length) return null;
  const here = steps.findIndex((one) => one.closest("[data-choice]")?.contains(document.activeElement));
  return steps[Math.min(Math.max(here + by, 0), steps.length - 1)];
}

function press(element) {
  if (isTyping(element) || "step" in element.dataset) {
    element.focus();
    element.select?.();
    return;
  }
  const other = element.checked && document.getElementById(element.dataset.else);
  const pressed = other || element;
  if (pressed.matches(NO_WORDS)) pressed.focus();
  window.htmx?.process(pressed.form ?? pressed); // a key can come before htmx has seen what it swapped in
  pressed.click();
}

// Shows the switch of a part, and what it will do.
export function switchOfKeys(root) {
  for (const part of root.querySelectorAll("[data-single-keys]")) {
    const button = part.querySelector("button");
    const say = () => {
      button.textContent = keysAreOff() ? button.dataset.on : button.dataset.off;
    };
    button.addEventListener("click", () => {
      localStorage.setItem(OFF, keysAreOff() ? "no" : "yes");
      say();
    });
    say();
    part.hidden = false;
  }
}

// [data-brings="3 4"]: ticking an item chooses its mandates.
export function bringMandates() {
  document.addEventListener("change", (event) => {
    const brings = event.target.dataset.brings;
    if (brings === undefined || !event.target.checked) return;
    for (const pk of brings.split(" ").filter(Boolean)) {
      const radio = document.querySelector(`input[name="mandate-${pk}"][value="principal"]`);
      if (radio && document.getElementById(`open-${pk}`)?.checked) radio.checked = true;
    }
  });
}
