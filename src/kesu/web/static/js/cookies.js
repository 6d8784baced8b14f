// What several scripts need and what has no effect of its own: it may be loaded under two addresses.
export function cookie(name) {
  return document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

export function token() {
  return cookie("kesu_csrf") || document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
}
