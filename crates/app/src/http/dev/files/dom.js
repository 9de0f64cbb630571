// Building blocks. Text always goes in as text: what the shop tells is never markup.

/** An element. `properties` are its properties, with `class`, `data`, `on` and attributes under `is`. */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key === "class") element.className = value;
    else if (key === "data") Object.assign(element.dataset, value);
    else if (key === "is") for (const [attribute, text] of Object.entries(value)) element.setAttribute(attribute, text);
    else if (key === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else element[key] = value;
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const won = (amount) => `${Number(amount).toLocaleString("ko-KR")}원`;

export const day = (text) =>
  text ? new Date(text).toLocaleDateString("ko-KR", { month: "long", day: "numeric", weekday: "short" }) : "-";

export const moment = (text) =>
  text ? new Date(text).toLocaleString("ko-KR", { dateStyle: "medium", timeStyle: "short" }) : "-";

/** A picture, or the first letter of what it should have shown. */
export function picture(address, name) {
  const instead = () => h("span", { class: "picture letter", is: { "aria-hidden": "true" } }, [...name][0] ?? "·");
  if (!address || !/^(https?:\/\/|\/)/.test(address)) return instead();
  const image = h("img", { class: "picture", alt: "", decoding: "async", width: 400, height: 400 });
  image.addEventListener("error", () => image.replaceWith(instead()), { once: true });
  image.src = address;
  return image;
}

/** A message in place of what is not there. */
export function notice(kind, title, text, ...actions) {
  const shown = actions.filter(Boolean);
  return h("section", { class: `notice ${kind}`, is: kind === "bad" ? { role: "alert" } : {} },
    h("h1", {}, title), text ? h("p", {}, text) : null, shown.length ? h("p", { class: "actions" }, shown) : null);
}

export const link = (href, text, kind = "button") => h("a", { href, class: kind }, text);

export const button = (text, click, kind = "button") => h("button", { type: "button", class: kind, on: { click } }, text);

export function toast(text, kind = "good") {
  const shown = h("p", { class: `toast ${kind}` }, text);
  document.getElementById("toasts").append(shown);
  setTimeout(() => shown.remove(), 5000);
}

/** While the work is under way its button says so and cannot be pressed again; what goes wrong is said in words. */
export function busy(pressed, doing, work, say = (text) => toast(text, "bad")) {
  return async (event) => {
    event?.preventDefault();
    if (pressed.disabled) return;
    const text = pressed.textContent;
    pressed.disabled = true;
    pressed.textContent = doing;
    try {
      await work(event);
    } catch (error) {
      say(error.message);
    } finally {
      pressed.disabled = false;
      pressed.textContent = text;
    }
  };
}

/** A field with its label. */
export function field(name, label, properties = {}) {
  const { hint, ...rest } = properties;
  return h("label", { class: "field" }, h("span", {}, label), h("input", { name, required: true, ...rest }),
    hint ? h("small", {}, hint) : null);
}

/** How many: a number between two buttons. */
export function stepper(quantity, most, name, change) {
  const shown = h("output", { is: { "aria-live": "polite" } }, String(quantity));
  const step = (by, text, label) => {
    const pressed = button(text, () => change(quantity + by), "step");
    pressed.setAttribute("aria-label", `${name} ${label}`);
    pressed.disabled = quantity + by < 1 || quantity + by > most;
    return pressed;
  };
  return h("div", { class: "stepper" }, step(-1, "−", "하나 빼기"), shown, step(1, "+", "하나 더"));
}
