// The grid of a quotation: keys, paste from Excel, live totals with the server's rounding.

const form = document.querySelector("[data-grid]");
const body = document.getElementById("rows");
const COLUMNS = (form.dataset.columns ?? "quantity unit_price lead_time").split(" ");
let dirty = "dirty" in form.dataset;

const rowsOf = () => [...body.querySelectorAll("tr[data-row]")];
const cell = (row, column) => row.querySelector(`[data-col="${column}"]`);

// --- figures: whole numbers of the smallest step, half up, as erp.core.money does ---

/** "1,234.5" with 3 decimals is 1234500n; null for what is no number. */
function scaled(text, decimals) {
  let plain = text.normalize("NFKC").trim().replace(/^[¥$€]+/, "").replaceAll(" ", "");
  if (/^\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain)) plain = plain.replaceAll(",", "");
  if (!/^(\d{1,15}(\.\d{0,9})?|\.\d{1,9})$/.test(plain)) return null;
  const [whole, rest = ""] = plain.split(".");
  if (rest.length > decimals && /[1-9]/.test(rest.slice(decimals))) return null;
  return BigInt((whole || "0") + rest.slice(0, decimals).padEnd(decimals, "0"));
}

const halfUp = (value, by) => (2n * value + by) / (2n * by);

/** Net, tax and gross in cents. */
function amounts(quantity, price, rate, includesTax) {
  const entered = halfUp(quantity * price, 10n ** 7n); // 3 + 6 decimals to 2
  if (includesTax) {
    const net = halfUp(entered * 10000n, 10000n + rate);
    return { net, tax: entered - net, gross: entered };
  }
  const tax = halfUp(entered * rate, 10000n);
  return { net: entered, tax, gross: entered + tax };
}

function money(cents) {
  const digits = String(cents).padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${whole}.${digits.slice(-2)}`;
}

function amountOf(row) {
  const quantity = scaled(cell(row, "quantity").value, 3);
  const price = scaled(cell(row, "unit_price").value, 6);
  row.classList.toggle("missing", !price);
  const cost = scaled(row.querySelector("[data-cost]")?.dataset.cost ?? "", 6);
  row.classList.toggle("below", Boolean(price) && cost !== null && price < cost);
  if (quantity === null || price === null) return null;
  return amounts(quantity, price, scaled(row.dataset.rate, 4) ?? 0n, row.dataset.includes === "1");
}

const percent = (part) => `${(part * 100).toFixed(1)} %`;

/** What a line sells and costs, on the side its price is on; null where its cost is unknown or hidden. */
function earning(row) {
  const cost = scaled(row.querySelector("[data-cost]")?.dataset.cost ?? "", 6);
  const price = scaled(cell(row, "unit_price").value, 6);
  const quantity = scaled(cell(row, "quantity").value, 3);
  if (cost === null || !price || quantity === null) return null;
  const net = row.dataset.includes === "1" ? 1 + Number(row.dataset.rate) : 1;
  const part = Number(quantity) / 1e9 / net;
  return { rate: Number(price - cost) / Number(price), sold: Number(price) * part, left: Number(price - cost) * part };
}

function showMargin(lines) {
  const holder = form.querySelector("[data-margin]");
  if (!holder) return;
  const sold = lines.reduce((sum, line) => sum + line.sold, 0);
  const left = lines.reduce((sum, line) => sum + line.left, 0);
  holder.hidden = !sold;
  if (!sold) return;
  holder.querySelector("[data-margin-amount]").textContent = left.toLocaleString("en", {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  holder.querySelector("[data-margin-rate]").textContent = percent(left / sold);
}

/** Stock that covers the line is good news, less than it a warning. */
function markStock(row) {
  const stock = row.querySelector("[data-available]");
  if (!stock) return;
  const free = scaled(stock.dataset.available, 3) ?? 0n;
  const wanted = scaled(cell(row, "quantity").value, 3) ?? 0n;
  stock.className = free === 0n ? "none" : free < wanted ? "short" : "plenty";
}

function recompute() {
  const totals = { net: 0n, tax: 0n, gross: 0n };
  const earnings = [];
  for (const row of rowsOf()) {
    const amount = amountOf(row);
    markStock(row);
    row.querySelector("[data-amount]").textContent = amount ? money(amount.gross) : "";
    const earned = earning(row);
    const margin = row.querySelector("[data-line-margin]");
    if (margin) margin.textContent = earned ? percent(earned.rate) : "";
    if (row.dataset.kind) continue; // an alternative or an optional line counts nowhere yet
    for (const name of Object.keys(totals)) totals[name] += amount ? amount[name] : 0n;
    if (earned) earnings.push(earned);
  }
  showMargin(earnings);
  for (const [name, value] of Object.entries(totals)) {
    form.querySelector(`[data-total="${name}"]`).textContent = money(value);
  }
}

function changed() {
  dirty = true;
  recompute();
}

// --- keys ---

function moveTo(input) {
  if (!input) return;
  input.focus();
  input.select?.();
}

function move(input, by) {
  const rows = rowsOf();
  const at = rows.indexOf(input.closest("tr")) + by;
  if (at === rows.length) moveTo(document.getElementById("add"));
  else moveTo(rows[at] && cell(rows[at], input.dataset.col));
}

function removeRow(row) {
  const rows = rowsOf();
  const at = rows.indexOf(row);
  const next = rows[at + 1] || rows[at - 1];
  row.remove();
  changed();
  moveTo(next ? cell(next, "quantity") : document.getElementById("add"));
}

/** Firm, alternative to the line above, optional, and round again; the first line is no alternative. */
function turnKind(row) {
  const kind = row.querySelector(".kind");
  if (!kind) return; // orders have no alternatives
  const kinds = row === rowsOf()[0] ? ["", "o"] : ["", "a", "o"];
  kind.value = kinds[(kinds.indexOf(kind.value) + 1) % kinds.length];
  row.dataset.kind = kind.value;
  changed();
}

body.addEventListener("change", (event) => {
  if (!event.target.matches(".kind")) return;
  event.target.closest("tr").dataset.kind = event.target.value;
  changed();
});

body.addEventListener("keydown", (event) => {
  const input = event.target.closest("input");
  if (!input || event.isComposing) return;
  if (event.code === "KeyO" && event.altKey) {
    event.preventDefault();
    turnKind(input.closest("tr"));
  } else if (event.key === "Delete" && event.ctrlKey) {
    event.preventDefault();
    removeRow(input.closest("tr"));
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    if (input.dataset.col) move(input, event.shiftKey ? -1 : 1);
  } else if (input.dataset.col && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    move(input, event.key === "ArrowDown" ? 1 : -1);
  }
});

document.getElementById("add").addEventListener("keydown", (event) => {
  const isClosed = document.getElementById("found").hidden;
  if (event.key === "ArrowUp" && isClosed) {
    event.preventDefault();
    const last = rowsOf().at(-1);
    moveTo(last && cell(last, "quantity"));
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

body.addEventListener("input", changed);
for (const head of form.querySelectorAll(".head-form, .order-head")) {
  head.addEventListener("input", () => {
    dirty = true;
  });
}

body.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (button) removeRow(button.closest("tr"));
});

// --- paste a block from Excel: down the lines, right over the cells ---

body.addEventListener("paste", (event) => {
  const input = event.target.closest("[data-col]");
  const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  if (!input || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const block = text.split("\n").map((line) => line.split("\t"));
  const rows = rowsOf().slice(rowsOf().indexOf(input.closest("tr")));
  const columns = COLUMNS.slice(COLUMNS.indexOf(input.dataset.col));
  rows.slice(0, block.length).forEach((row, i) => {
    columns.forEach((column, j) => {
      const target = cell(row, column);
      if (target && block[i][j] !== undefined) target.value = block[i][j].trim();
    });
  });
  const note = form.querySelector("[data-paste-note]");
  const rest = block.length - rows.length;
  note.hidden = rest <= 0;
  note.textContent = rest > 0 ? `${form.dataset.rest} ${rest}` : "";
  changed();
});

// --- adding a part ---

document.addEventListener("typeahead:pick", async (event) => {
  const holder = event.target.closest("[data-add]");
  if (!holder) return;
  const answer = await fetch(`${holder.dataset.add}?product=${encodeURIComponent(event.detail.id)}`, {
    headers: { "HX-Request": "true" },
  });
  if (!answer.ok) return;
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  body.append(template.content);
  event.target.value = "";
  changed();
  moveTo(cell(rowsOf().at(-1), "quantity"));
});

// --- leaving ---

form.addEventListener("submit", () => {
  dirty = false;
});

addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

recompute();

/** Where work is waiting: a wrong cell, a missing price, else the first quantity. */
function firstToDo() {
  const rows = rowsOf();
  const unpriced = rows.map((row) => cell(row, "unit_price")).find((input) => !input.value);
  return form.querySelector("[aria-invalid]") || unpriced || (rows[0] ? cell(rows[0], "quantity") : null);
}

// A focus scrolls: not past what somebody else saved meanwhile, nor past the head on a telephone.
if (!dirty && matchMedia("(min-width: 761px)").matches) moveTo(firstToDo() || document.getElementById("add"));
