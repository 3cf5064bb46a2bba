// dialog[data-shortcuts]: `?` or the button in the footer opens the list of keys.
import { isTyping, keysAreOff } from "./keys.js";

export function shortcutsDialog() {
  const dialog = document.querySelector("dialog[data-shortcuts]");
  if (!dialog) return;
  for (const button of document.querySelectorAll("[data-shortcuts-open]")) {
    button.hidden = false;
    button.addEventListener("click", () => dialog.showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || keysAreOff() || isTyping(event.target) || dialog.open) return;
    event.preventDefault();
    dialog.showModal();
  });
}
