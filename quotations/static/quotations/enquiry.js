// The enquiry pages: choosing the customer, choosing a part for a line.
import "../erp/once.js";

document.addEventListener("typeahead:pick", (event) => {
  const field = event.target;
  const holder = field.closest("[data-typeahead]");
  if (holder.matches("[data-customer]")) {
    field.value = event.detail.label;
    document.querySelector("[data-customer-id]").value = event.detail.id;
    document.getElementById("text").focus();
  } else if (holder.dataset.line) {
    const form = holder.querySelector("form");
    form.elements.product.value = event.detail.id;
    form.dispatchEvent(new Event("picked"));
    afterPick = holder.dataset.line;
  }
});

// A name that was changed by hand no longer stands for the customer chosen before.
document.addEventListener("input", (event) => {
  if (event.target.closest("[data-customer]")) document.querySelector("[data-customer-id]").value = "";
});

let afterPick = "";

const table = () => document.querySelector("[data-enquiry-lines]");
const toCheck = ".unmatched, .unsure";

// Where a person decides in this line: its quantity, the part found for it, or the search for one.
function fieldOf(row) {
  if (!row) return null;
  if (row.matches(".unmatched")) return row.querySelector("input[role=combobox]");
  return row.querySelector(".confirm") || row.querySelector(".how-many") || row.querySelector("input[role=combobox]");
}

function nextToCheck(row, step = 1) {
  const rows = [...table().querySelectorAll("tbody tr")];
  if (step < 0) rows.reverse();
  const later = [...rows.slice(rows.indexOf(row) + 1), ...rows];
  return fieldOf(later.find((other) => other !== row && other.matches(toCheck)));
}

const makeButton = () => document.getElementById("make-quotation");

function tally() {
  const unsure = table().querySelectorAll("tr.unsure").length;
  const filter = document.getElementById("to-check");
  filter.hidden = unsure === 0;
  filter.querySelector("[data-unsure-count]").textContent = unsure;
  if (unsure === 0) showOnlyUnsure(false);
  const count = table().querySelectorAll("tr.unmatched").length;
  const note = document.getElementById("unmatched");
  if (!note) return;
  note.hidden = count === 0;
  note.querySelector("[data-unmatched-count]").textContent = count;
}

function showOnlyUnsure(only) {
  table().classList.toggle("only-unsure", only);
  document.getElementById("to-check").setAttribute("aria-pressed", only);
}

const isFiltered = () => table().classList.contains("only-unsure");

document.addEventListener("click", (event) => {
  if (event.target.closest("#to-check")) showOnlyUnsure(!isFiltered());
  const confirmed = event.target.closest("[data-confirm-part]");
  if (confirmed) afterPick = confirmed.closest("tr").id.replace("line-", "");
});

document.addEventListener("change", (event) => {
  if (event.target.matches(".how-many")) afterPick = event.target.closest("tr").id.replace("line-", "");
});

// Alt with the arrows goes through the lines to check, Alt Enter says that a line is right.
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || !table()) return;
  const row = document.activeElement.closest?.("[data-enquiry-lines] tbody tr") ?? null;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    nextToCheck(row, event.key === "ArrowDown" ? 1 : -1)?.focus();
  } else if (event.code === "KeyC") {
    showOnlyUnsure(!isFiltered());
  } else if (event.key === "Enter" && row) {
    row.querySelector("[data-confirm-part]")?.click();
  } else return;
  event.preventDefault();
});

// Somebody else decided first: the row comes with what is there now.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 409) event.detail.shouldSwap = true;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const row = event.target;
  if (!(row instanceof HTMLTableRowElement)) return;
  tally();
  if (row.id === `line-${afterPick}`) {
    afterPick = "";
    (nextToCheck(row) || makeButton())?.focus();
  }
});

if (document.querySelector("[data-enquiry-lines]")) {
  // On a telephone the text would push the lines off the screen, and a focus would scroll past them.
  if (matchMedia("(max-width: 1100px)").matches) document.querySelector("[data-raw]").open = false;
  else (nextToCheck(null) || makeButton())?.focus();
}
