// Completes for screen readers and the keyboard what Swagger UI draws: names of fields, order of
// headings, code that can be scrolled.

const root = document.getElementById("swagger-ui");

function complete() {
  for (const row of root.querySelectorAll("[data-param-name]")) {
    for (const field of row.querySelectorAll("select, input, textarea")) {
      field.setAttribute("aria-label", row.dataset.paramName);
    }
  }
  for (const field of root.querySelectorAll("select:not([aria-label], [id])")) {
    field.setAttribute("aria-label", field.closest("label, .content-type-wrapper")?.textContent.trim().slice(0, 40) || "Choice");
  }
  for (const field of root.querySelectorAll("textarea:not([aria-label])")) {
    field.setAttribute("aria-label", "Body");
  }
  for (const code of root.querySelectorAll("pre:not([tabindex])")) {
    code.tabIndex = 0;
  }
  for (const heading of root.querySelectorAll("h3.opblock-tag, .models > h4, .opblock h4, .opblock h5")) {
    heading.setAttribute("aria-level", heading.matches(".opblock *") ? "3" : "2");
    heading.setAttribute("role", "heading");
  }
  // Its main part leaves out what the API is and the field that narrows the list.
  const about = root.querySelector(".information-container");
  about?.setAttribute("role", "region");
  about?.setAttribute("aria-label", "About");
  root.querySelector(".filter-container")?.setAttribute("role", "search");
}

new MutationObserver(complete).observe(root, { childList: true, subtree: true });
complete();
