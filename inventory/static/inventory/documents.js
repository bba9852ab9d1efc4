// The grids of stock documents: keys, a block pasted from Excel, parts added by name or by list.

const form = document.querySelector("[data-grid]");
const body = document.getElementById("rows");
const add = document.getElementById("add");
const columns = [...new Set([...body.querySelectorAll("tr[data-row]:first-child [data-col]")].map((i) => i.dataset.col))];
let dirty = form.querySelector("[aria-invalid]") !== null;

const rowsOf = () => [...body.querySelectorAll("tr[data-row]")];
const cell = (row, column) => row.querySelector(`[data-col="${column}"]`);
const columnsOf = (row) => (columns.length ? columns : [...row.querySelectorAll("[data-col]")].map((i) => i.dataset.col));

function moveTo(input) {
  if (!input) return;
  input.focus();
  input.select?.();
}

function move(input, by) {
  const rows = rowsOf();
  const at = rows.indexOf(input.closest("tr")) + by;
  if (at === rows.length) moveTo(add);
  else moveTo(rows[at] && cell(rows[at], input.dataset.col));
}

function removeRow(row) {
  const rows = rowsOf();
  const at = rows.indexOf(row);
  const next = rows[at + 1] || rows[at - 1];
  row.remove();
  dirty = true;
  moveTo(next ? cell(next, "quantity") : add);
}

body.addEventListener("keydown", (event) => {
  const input = event.target.closest("input");
  if (!input || event.isComposing) return;
  if (event.key === "Delete" && event.ctrlKey && add) {
    event.preventDefault();
    removeRow(input.closest("tr"));
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    move(input, event.shiftKey ? -1 : 1);
  } else if (!input.list && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    move(input, event.key === "ArrowDown" ? 1 : -1);
  }
});

document.addEventListener("keydown", (event) => {
  const saves = event.key === "s" || event.key === "Enter";
  if (!saves || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-save]"));
});

body.addEventListener("focusin", (event) => {
  if (event.target.dataset.col) event.target.select();
});
body.addEventListener("input", () => {
  dirty = true;
});
body.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (button) removeRow(button.closest("tr"));
});

// A block copied from a spreadsheet goes down the lines and right over the cells.
body.addEventListener("paste", (event) => {
  const input = event.target.closest("[data-col]");
  const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (!input || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const block = text.split("\n").map((line) => line.split("\t"));
  const rows = rowsOf().slice(rowsOf().indexOf(input.closest("tr")));
  rows.slice(0, block.length).forEach((row, i) => {
    const names = columnsOf(row);
    names.slice(names.indexOf(input.dataset.col)).forEach((name, j) => {
      if (block[i][j] !== undefined) cell(row, name).value = block[i][j].trim();
    });
  });
  dirty = true;
});

// --- adding ---

async function take(answer) {
  if (!answer.ok) return;
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  const first = template.content.querySelector("tr");
  body.append(template.content);
  dirty = true;
  const wrong = body.querySelector("[aria-invalid]");
  moveTo(wrong || (first && cell(first, "quantity")));
}

document.addEventListener("typeahead:pick", async (event) => {
  const holder = event.target.closest("[data-add]");
  if (!holder) return;
  const answer = await fetch(`${holder.dataset.add}?product=${encodeURIComponent(event.detail.id)}`, {
    headers: { "HX-Request": "true" },
  });
  event.target.value = "";
  await take(answer);
});

document.querySelector("[data-take]")?.addEventListener("click", async (event) => {
  const box = document.querySelector("[data-pasted]");
  const sent = new FormData();
  sent.append("text", box.value);
  const answer = await fetch(event.target.dataset.take, {
    method: "POST",
    body: sent,
    headers: { "HX-Request": "true", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
  });
  if (answer.ok) box.value = "";
  await take(answer);
});

// --- leaving ---

form.addEventListener("submit", () => {
  dirty = false;
});
addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

/** Where work is waiting: a wrong cell, the first uncounted line, the first quantity. */
function first() {
  const row = rowsOf()[0];
  const open = [...body.querySelectorAll('[data-col="counted"]')].find((input) => !input.value);
  return form.querySelector("[aria-invalid]") || open || (row && (cell(row, "quantity") || cell(row, columns[0])));
}

if (matchMedia("(min-width: 761px)").matches) moveTo(first() || add);
