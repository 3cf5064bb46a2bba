// Starts every module of the page; each is one file with one data- hook.
import { explainFailedAnswers } from "./answers.js";
import { autosave } from "./autosave.js";
import "./copy.js";
import { sendTokenWithHtmx } from "./csrf.js";
import { focusErrorSummary } from "./errors.js";
import { keepTyped } from "./keep.js";
import { bringMandates, singleKeys, switchOfKeys } from "./keys.js";
import { narrowOptions } from "./narrow.js";
import { sendOnce } from "./once.js";
import { searchSelects } from "./search.js";
import { shortcutsDialog } from "./shortcuts.js";
import { submitByKey } from "./submit-key.js";

sendTokenWithHtmx();
submitByKey();
sendOnce();
shortcutsDialog();
singleKeys();
bringMandates();
focusErrorSummary();
explainFailedAnswers();

function enhance(root) {
  keepTyped(root);
  autosave(root);
  narrowOptions(root);
  searchSelects(root);
  switchOfKeys(root);
}

enhance(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) enhance(event.detail.elt);
});
