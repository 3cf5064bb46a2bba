// form[data-submit-key]: Ctrl+Enter (Cmd+Enter) sends the form one is in by its first button.
export function submitByKey() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest("form[data-submit-key]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[type=submit]"));
  });
}
