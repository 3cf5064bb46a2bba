// select[data-search]: a long list becomes searchable by typing (accessible-autocomplete). The
// select stays in the form and holds the value.
export async function searchSelects(root) {
  const selects = [...root.querySelectorAll("select[data-search]:not([multiple])")];
  if (!selects.length) return;
  const library = await loaded();
  for (const select of selects) enhance(library, select);
}

function loaded() {
  if (window.accessibleAutocomplete) return Promise.resolve(window.accessibleAutocomplete);
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = document.querySelector("meta[name=search-library]").content;
    script.addEventListener("load", () => done(window.accessibleAutocomplete));
    script.addEventListener("error", failed);
    document.head.append(script);
  });
}

function enhance(library, select) {
  const words = document.querySelector("template[data-search-words]").dataset;
  const describedBy = select.getAttribute("aria-describedby");
  library.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.value ? select.selectedOptions[0].text : "",
    showAllValues: true,
    dropdownArrow: ({ className }) => `<svg class="${className}" viewBox="0 0 12 12" aria-hidden="true"><path d="M1 3l5 6 5-6z" fill="currentColor"></path></svg>`,
    tNoResults: () => words.none,
    tStatusNoResults: () => words.none,
    tStatusResults: (length) => words.results.replace("#", length),
    tStatusSelectedOption: (option) => option,
    tStatusQueryTooShort: () => words.hint,
    tAssistiveHint: () => words.hint,
    onConfirm(chosen) {
      const found = [...select.options].find((option) => option.text === chosen);
      if (!found) return;
      select.value = found.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    },
  });
  const input = select.parentElement.querySelector(".autocomplete__input");
  if (select.getAttribute("aria-invalid")) input.setAttribute("aria-invalid", "true");
  input.addEventListener("input", () => {
    select.value = [...select.options].find((option) => option.text === input.value)?.value ?? "";
  });
  if (describedBy) input.setAttribute("aria-describedby", `${describedBy} ${input.getAttribute("aria-describedby") || ""}`.trim());
}
