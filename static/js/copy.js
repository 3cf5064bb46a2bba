// button[data-copy="ID"]: copies the words of that element and says so. It starts by itself, since
// pages of the public site load it alone.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const cited = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[role=status]");
  said.textContent = "";
  try {
    await navigator.clipboard.writeText(cited.innerText.trim());
    said.textContent = button.dataset.copied;
  } catch {
    // Without https, or without leave, a browser gives no clipboard.
    getSelection().selectAllChildren(cited);
    said.textContent = button.dataset.selected;
  }
}
