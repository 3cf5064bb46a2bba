// [data-narrow="Label"] over tick boxes: a field above shows only those whose words contain what
// is typed. Ticked ones always stay. Without script all of them stand there.
let next = 0;

export function narrowOptions(root) {
  for (const group of root.querySelectorAll("[data-narrow]")) {
    if (group.previousElementSibling?.matches(".narrow")) continue;
    group.before(field(group));
  }
}

function field(group) {
  const wrapper = document.createElement("div");
  const label = document.createElement("label");
  const input = document.createElement("input");
  wrapper.className = "narrow";
  label.className = "govuk-hint";
  label.textContent = group.dataset.narrow;
  label.htmlFor = input.id = `narrow-${next++}`;
  input.className = "govuk-input";
  input.type = "search";
  input.addEventListener("input", () => narrow(group, input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  wrapper.append(label, input);
  return wrapper;
}

function plain(words) {
  return words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function narrow(group, typed) {
  const wanted = plain(typed.trim());
  for (const item of group.querySelectorAll(".govuk-checkboxes__item, .govuk-radios__item")) {
    const ticked = item.querySelector("input").checked;
    item.hidden = !ticked && !plain(item.textContent).includes(wanted);
  }
}
