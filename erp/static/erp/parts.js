// The part pages: choosing a part, a customer, or the part that stays.

document.addEventListener("typeahead:pick", (event) => {
  const holder = event.target.closest("[data-typeahead]");
  const finders = event.target.closest("[data-part-url]");
  const { id } = event.detail;
  if (holder.matches("[data-keep]")) {
    location.assign(`${holder.dataset.keep}?keep=${encodeURIComponent(id)}`);
  } else if (holder.matches("[data-find-part]")) {
    const customer = finders.dataset.customer;
    const path = finders.dataset.partUrl.replace("/0/", `/${encodeURIComponent(id)}/`);
    location.assign(customer ? `${path}?customer=${customer}` : path);
  } else if (holder.matches("[data-find-customer]")) {
    const here = new URLSearchParams(location.search);
    here.set("customer", id);
    location.assign(`${finders.dataset.here}?${here}`);
  }
});

// "/" goes to the search, as nothing else on the page takes it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  document.querySelector("[data-find-part] input")?.select();
});
