// What the shop announces, live and in a list.

import { ask, hasSignedIn, look } from "./api.js";
import { busy, button, h, link, moment, notice, toast } from "./dom.js";

const STREAM = "/api/notifications/stream";
let stream = null;

/** Listens. The browser comes back by itself when the line breaks, and is told what it missed. */
export function openStream() {
  if (stream) return;
  stream = new EventSource(STREAM, { withCredentials: true });
  for (const name of ["notification", "echo"]) {
    stream.addEventListener(name, (event) => {
      try {
        const told = JSON.parse(event.data);
        toast(told.message);
        window.dispatchEvent(new CustomEvent("told", { detail: told }));
      } catch {
        // A message that cannot be read is none.
      }
      countUnread();
    });
  }
  countUnread();
}

export function closeStream() {
  stream?.close();
  stream = null;
  mark(0);
}

function mark(count) {
  const shown = document.getElementById("unread");
  shown.textContent = String(count);
  shown.hidden = count === 0;
}

async function countUnread() {
  if (!hasSignedIn()) return;
  const told = await look("/api/notifications/unread-count").catch(() => null);
  mark(told?.count ?? 0);
}

export async function notices({ refresh }) {
  const { notifications } = await look("/api/notifications?page=0&size=30");
  if (notifications.length === 0) {
    return notice("calm", "아직 알림이 없습니다", "주문하시면 결제, 배송, 취소 소식이 여기에 바로 나타납니다.", link("/dev", "상품 보러 가기", "button quiet"));
  }
  const all = button("모두 읽음", undefined, "plain");
  all.addEventListener("click", busy(all, "표시하는 중…", async () => {
    await ask("PATCH", "/api/notifications/read-all");
    await countUnread();
    await refresh();
  }));
  const list = h("div", { class: "narrow wider" },
    h("div", { class: "title" }, h("h1", {}, "알림"), notifications.some((one) => !one.read) ? all : null),
    h("ul", { class: "orders", id: "notices" }, notifications.map(row)));
  // While the list is on the screen, what comes in belongs on it.
  const again = () => {
    window.removeEventListener("told", again);
    if (list.isConnected) refresh();
  };
  window.addEventListener("told", again);
  return list;
}

const row = (one) => h("li", {}, h("a", { class: one.read ? "card told" : "card told new", href: `/dev/orders/${one.orderNumber}` },
  h("b", {}, one.title), h("p", {}, one.message), h("small", {}, moment(one.timestamp))));
