// What several scripts need and what has no effect of its own: it may be loaded under two addresses.
export function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
}

export function token() {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  return cookie("kesu_csrf") || (field && field.value) || "";
}
