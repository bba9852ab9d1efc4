// The enquiry pages: choosing the customer, choosing a part for a line.
import "./once.js";

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

function nextUnmatched(row) {
  const rows = [...document.querySelectorAll("[data-enquiry-lines] tbody tr")];
  const later = [...rows.slice(rows.indexOf(row) + 1), ...rows];
  return later.find((other) => other.matches(".unmatched"))?.querySelector("input[role=combobox]");
}

const makeButton = () => document.getElementById("make-quotation");

function tally() {
  const count = document.querySelectorAll("[data-enquiry-lines] tr.unmatched").length;
  const note = document.getElementById("unmatched");
  if (!note) return;
  note.hidden = count === 0;
  note.querySelector("[data-unmatched-count]").textContent = count;
}

document.addEventListener("htmx:afterSettle", (event) => {
  const row = event.target;
  if (!(row instanceof HTMLTableRowElement)) return;
  tally();
  if (row.id === `line-${afterPick}`) {
    afterPick = "";
    (nextUnmatched(row) || makeButton())?.focus();
  }
});

if (document.querySelector("[data-enquiry-lines]")) {
  // On a telephone the text would push the lines off the screen, and a focus would scroll past them.
  if (matchMedia("(max-width: 1100px)").matches) document.querySelector("[data-raw]").open = false;
  else (nextUnmatched(null) || makeButton())?.focus();
}
