// [data-error-summary]: when a form comes back with problems, the summary is read first.
export function focusErrorSummary() {
  document.querySelector("[data-error-summary]")?.focus();
}
