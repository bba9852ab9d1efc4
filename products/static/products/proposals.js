// Working through proposals by keyboard: j and k move, x selects (shift: a range), a, r, g decide.

const form = document.querySelector("[data-proposals]");
const boxes = form ? [...form.querySelectorAll("input[name=row]")] : [];
const all = form?.querySelector("[data-all]");
let last = -1;

function tally() {
  const count = boxes.filter((box) => box.checked).length;
  form.querySelector("[data-count]").textContent = count;
  for (const button of form.querySelectorAll("button[name=decision]")) button.disabled = count === 0;
  all.checked = count > 0 && count === boxes.length;
  all.indeterminate = count > 0 && count < boxes.length;
}

function select(place, checked, range) {
  const from = range && last >= 0 ? Math.min(last, place) : place;
  const to = range && last >= 0 ? Math.max(last, place) : place;
  for (let i = from; i <= to; i += 1) boxes[i].checked = checked;
  last = place;
  tally();
}

const placeOf = (element) => boxes.findIndex((box) => box.closest("tr").contains(element));

function move(step) {
  const here = placeOf(document.activeElement);
  const next = Math.max(0, Math.min(boxes.length - 1, here + step));
  boxes[next]?.closest("tr").focus();
}

function press(key) {
  const button = form.querySelector(`[data-key="${key}"]`);
  if (button && !button.disabled) button.click();
}

if (form) {
  form.addEventListener("click", (event) => {
    const place = boxes.indexOf(event.target);
    if (place >= 0) select(place, event.target.checked, event.shiftKey);
  });
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tally();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input:not([type=checkbox]), select, textarea")) return;
    const key = event.key.toLowerCase();
    const place = placeOf(document.activeElement);
    if (key === "j" || key === "k") move(key === "j" ? 1 : -1);
    else if (key === "x" && place >= 0) select(place, !boxes[place].checked, event.shiftKey);
    else if ("arg".includes(key)) press(key);
    else return;
    event.preventDefault();
  });
  tally(); // the browser may have kept what was ticked
}
