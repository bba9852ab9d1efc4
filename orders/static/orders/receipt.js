// Counting a receipt: a line may go into several bins; Enter goes down a column.

const body = document.getElementById("rows");

body?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-split]");
  if (!button) return;
  const row = button.closest("tr");
  const copy = row.cloneNode(true);
  for (const input of copy.querySelectorAll("input:not([type=hidden])")) input.value = "";
  row.after(copy);
  copy.querySelector('input[name="quantity"]').focus();
});

body?.addEventListener("keydown", (event) => {
  const input = event.target.closest("input");
  if (!input || event.key !== "Enter" || event.ctrlKey || event.isComposing) return;
  event.preventDefault();
  const rows = [...body.querySelectorAll("tr[data-row]")];
  const next = rows[rows.indexOf(input.closest("tr")) + (event.shiftKey ? -1 : 1)];
  next?.querySelector(`input[name="${input.name}"]`)?.focus();
});
