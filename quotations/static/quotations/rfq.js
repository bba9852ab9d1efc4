// Requests for quotation: adding parts and suppliers, keys of the reply grid, the best price for all.
import "../erp/once.js";

const body = document.getElementById("rows");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (button) button.closest("tr").remove();
  if (event.target.closest("[data-best]")) awardBest();
});

// A part or a supplier that was chosen from the list.
document.addEventListener("typeahead:pick", async (event) => {
  const holder = event.target.closest("[data-typeahead]");
  if (holder.matches("[data-add]")) {
    await addPart(holder, event.detail.id);
    event.target.value = "";
  } else if (holder.matches("[data-supplier]")) {
    const form = holder.closest("form");
    const chosen = document.createElement("input");
    chosen.type = "hidden";
    chosen.name = "supplier";
    chosen.value = event.detail.id;
    form.append(chosen);
    form.requestSubmit();
  }
});

async function addPart(holder, id) {
  const answer = await fetch(`${holder.dataset.add}?product=${encodeURIComponent(id)}`, {
    headers: { "HX-Request": "true" },
  });
  if (!answer.ok) return;
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  body.append(template.content);
  const quantity = body.lastElementChild.querySelector('[name="quantity"]');
  quantity.focus();
  quantity.select();
}

// Enter and the arrows go from line to line; a block from Excel fills downwards.
const column = (input) => [...document.querySelectorAll(`[data-col="${input.dataset.col}"]`)];

document.addEventListener("keydown", (event) => {
  const input = event.target.closest?.("[data-col]");
  if (!input || event.isComposing || event.ctrlKey || event.metaKey) return;
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const cells = column(input);
  const next = cells[cells.indexOf(input) + step];
  next?.focus();
  next?.select();
});

document.addEventListener("paste", (event) => {
  const input = event.target.closest?.("[data-col]");
  const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (!input || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const names = ["unit_price", "minimum_quantity", "lead_time"];
  const columns = names.slice(names.indexOf(input.dataset.col));
  const at = column(input).indexOf(input);
  text.split("\n").forEach((line, i) => {
    line.split("\t").forEach((value, j) => {
      const cells = columns[j] ? [...document.querySelectorAll(`[data-col="${columns[j]}"]`)] : [];
      if (cells[at + i]) cells[at + i].value = value.trim();
    });
  });
});

function awardBest() {
  for (const row of document.querySelectorAll(".compared tbody tr")) {
    const best = row.querySelector(".offer:not(.gone):has(span.best[title]) .share");
    if (!best) continue;
    for (const share of row.querySelectorAll(".share")) share.value = "";
    best.value = row.dataset.quantity;
  }
}
