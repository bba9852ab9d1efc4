// A search field with a list of options under it, worked by keyboard or pointer.
//
// <div data-typeahead><input hx-get=… hx-target="next [role=listbox]"><div role="listbox"></div></div>
// The server answers with <div data-asked="text"> holding [role=option] elements. Choosing one sends
// the event "typeahead:pick" from the field, with the option's data attributes.

const FIELD = "[data-typeahead] input[role=combobox]";

const boxOf = (field) => field.closest("[data-typeahead]").querySelector("[role=listbox]");
const optionsOf = (field) => [...boxOf(field).querySelectorAll("[role=option]")];
const folded = (text) => text.split(/\s+/).join(" ").trim();

function open(field, isOpen) {
  boxOf(field).hidden = !isOpen;
  field.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) field.removeAttribute("aria-activedescendant");
}

function activate(field, index) {
  const options = optionsOf(field);
  if (!options.length) return;
  const at = (index + options.length) % options.length;
  options.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
  options[at].id ||= `${boxOf(field).id}-${at}`;
  field.setAttribute("aria-activedescendant", options[at].id);
  options[at].scrollIntoView({ block: "nearest" });
}

const activeIndex = (field) =>
  optionsOf(field).findIndex((option) => option.getAttribute("aria-selected") === "true");

/** Do the options shown answer what is typed now? */
function isCurrent(field) {
  const answer = boxOf(field).querySelector("[data-asked]");
  return answer !== null && answer.dataset.asked === folded(field.value);
}

function pick(field, option) {
  open(field, false);
  field.dataset.pending = "";
  const detail = { ...option.dataset };
  field.dispatchEvent(new CustomEvent("typeahead:pick", { bubbles: true, detail }));
}

function enter(field) {
  if (!isCurrent(field)) {
    field.dataset.pending = "yes"; // the answer is under way: take its first option
    return;
  }
  const option = optionsOf(field)[Math.max(activeIndex(field), 0)];
  if (option) pick(field, option);
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || !field.matches(FIELD)) return;
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    if (field.value.trim() || !boxOf(field).hidden) enter(field);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (boxOf(field).hidden && !optionsOf(field).length) return;
    event.preventDefault();
    open(field, true);
    activate(field, activeIndex(field) + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Escape" && !boxOf(field).hidden) {
    event.preventDefault();
    open(field, false);
  }
});

// Before the field loses the focus, so that a click on an option is not lost.
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.("[data-typeahead] [role=option]");
  if (!option) return;
  event.preventDefault();
  pick(option.closest("[data-typeahead]").querySelector("input[role=combobox]"), option);
});

document.addEventListener("focusout", (event) => {
  if (event.target.matches?.(FIELD)) open(event.target, false);
});

document.addEventListener("htmx:afterSwap", (event) => {
  const holder = event.target.closest?.("[data-typeahead]");
  if (!holder) return;
  const field = holder.querySelector("input[role=combobox]");
  const hasFocus = document.activeElement === field;
  open(field, hasFocus && boxOf(field).childElementCount > 0);
  activate(field, 0);
  if (field.dataset.pending && isCurrent(field)) {
    field.dataset.pending = "";
    const [first] = optionsOf(field);
    if (first && hasFocus) pick(field, first);
  }
});
